/** Strokes on a 24 by 24 grid, drawn for this project. */
const PATHS = {
  alert: 'M12 8v5m0 3.5v.01M12 3.5 2.8 19.5h18.4Z',
  back: 'M15 5l-7 7 7 7',
  camera: 'M3.5 7.5h11v9h-11zM14.5 11l6-3v8l-6-3',
  'camera-off': 'M7 7.5h7.5V14m0 2.5h-11v-9M14.5 11l6-3v8l-3-1.5M3 3l18 18',
  chat: 'M4 5h16v11H10l-4 4v-4H4z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  door: 'M5.5 20.5V10a6.5 6.5 0 0 1 13 0v10.5M9.5 20.5V10.5a2.5 2.5 0 0 1 5 0v10',
  down: 'M6 9.5l6 6 6-6',
  download: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17c-5-5-5-12 0-17z',
  'hang-up': 'M3.5 15.5c4-5 13-5 17 0l-2.5 2.3-3.2-1.6v-2.4c-2-.6-3.6-.6-5.6 0v2.4L6 17.8z',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5m0-9v.01',
  leave: 'M14 4.5H5v15h9M10.5 12H20m-4-4 4 4-4 4',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  mic: 'M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6 11.5a6 6 0 0 0 12 0M12 17.5V21',
  'mic-off':
    'M9.5 8v3.5a2.5 2.5 0 0 0 4 2M14.5 10V6.5a2.5 2.5 0 0 0-4.6-1.3M6 11.5a6 6 0 0 0 9.5 4.9M18 11.5c0 .8-.1 1.5-.4 2.2M12 17.5V21M3 3l18 18',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5',
  people:
    'M9 5.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3.5 19a5.5 5.5 0 0 1 11 0M15.5 6a3 3 0 0 1 0 5.5M17 14.2a5.5 5.5 0 0 1 3.5 4.8',
  phone: 'M5 4h4l1.8 4.5L8.5 10a11 11 0 0 0 5.5 5.5l1.5-2.3L20 15v4c-9 1.5-16.5-6-15-15z',
  read: 'M2.5 12.5 7 17l9-9.5M11.5 15.5 13 17l8.5-9.5',
  screen: 'M3.5 5h17v11.5h-17zM8.5 20h7M12 16.5V20',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5',
  send: 'M12 19.5V5m-6 6 6-6 6 6',
  shield: 'M12 3.5 5 6v6c0 4.5 3 7 7 8.5 4-1.5 7-4 7-8.5V6z',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15 9.5a4 4 0 0 1 0 5M17.5 7a7.5 7.5 0 0 1 0 10',
  warning: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V13m0 3.2v.01',
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  name: IconName;
  /** Say it only when no text beside the picture does. */
  label?: string;
  className?: string | undefined;
}

export function Icon({ name, label, className }: IconProps) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg {...spoken} className={className} width="20" height="20" viewBox="0 0 24 24" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
