/** Two short rising tones for an arrival, three for a client in the lobby: made here, so that no file is fetched. */
const TONES_HZ = { arrival: [660, 880], lobby: [660, 880, 1_100] } as const;
const TONE_S = 0.14;
const LOUDNESS = 0.12;

let context: AudioContext | undefined;

/** Plays a tone. A browser that wants a touch of the page first stays silent; the page shows the arrival all the same. */
export function chime(kind: keyof typeof TONES_HZ): void {
  context ??= new AudioContext();
  const { currentTime, destination } = context;
  void context.resume().catch(() => undefined);
  TONES_HZ[kind].forEach((pitch, index) => {
    if (context === undefined) return;
    const start = currentTime + index * TONE_S;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
    tone.connect(volume).connect(destination);
    tone.start(start);
    tone.stop(start + TONE_S);
  });
}
