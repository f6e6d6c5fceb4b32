import { plural } from '@app/ui';

export const en = {
  language: 'Language',
  languageName: { en: 'English', es: 'Español' },
  skip: 'Skip to the content',

  emergency: 'Emergency',
  emergencyLabel: 'Emergency numbers and leaving quickly',
  emergencyMore: 'All emergency numbers',
  emergencyUnknown: 'If somebody is in danger now, call your local emergency number.',
  call: (label: string) => `${label}:`,
  leaveQuickly: 'Leave quickly',
  leaveHint: 'Leave quickly empties this page at once. Pressing Escape twice does the same.',

  loading: 'One moment…',
  notFoundTitle: 'There is no such page',
  notFoundText: 'Check the address you were given. Capital letters and dashes matter.',
  failedTitle: 'We cannot be reached right now',
  failedText:
    'Your connection may be down, or ours. Nothing that you sent is lost. If it cannot wait, use the phone.',
  tryAgain: 'Try again',
  overTitle: 'This conversation is closed on this device',
  overText: {
    'signed-out': 'You left it, or signed out. What you wrote stays with the people you wrote to.',
    disabled: 'Access was ended. If you think this is wrong, please call.',
    expired:
      'It was open for a long time without use, so we closed it to protect you. What you wrote stays with the people you wrote to.',
    replaced: 'It was opened in another window. Please go on there.',
    erased: 'This conversation was erased. Nobody can read it any more.',
  },
  startAgain: 'Start a new conversation',

  hereNow: 'Here now',
  openNobody: 'Open',
  openNobodyText: 'Nobody is at the desk this minute. Write now, and you are answered in turn.',
  hereNowText: 'Somebody is at the desk and answers in turn.',
  closedNow: 'Closed now',
  opensAt: (when: string) => `We open ${when}. You can leave a message now; it is the first thing we read.`,
  closedText: 'You can leave a message now; it is the first thing we read.',
  waitingCount: (count: number) =>
    count === 0
      ? 'Nobody is waiting.'
      : plural('en', count, { one: '1 person is waiting.', other: `${count} people are waiting.` }),
  hours: 'Opening hours',
  closedDay: 'Closed',
  hoursZone: (zone: string) => `Times in ${zone}`,
  privateTitle: 'What you write is private',
  privateText: 'It is encrypted where it is kept, and every time somebody reads it, that is recorded.',

  formTitle: 'Start a conversation',
  formLead: 'A few questions, so that the right person answers.',
  choose: 'Choose…',
  noticeTitle: 'Privacy notice',
  noticeVersion: (version: number) => `Version ${version}`,
  noticeYes: 'I have read the privacy notice and agree to it.',
  noticeChanged:
    'The privacy notice has changed since you opened this page. Please read the new one and agree again.',
  start: 'Start the conversation',
  leaveMessage: 'Leave a message',
  summaryTitle: (count: number) =>
    plural('en', count, { one: 'Please check one thing', other: `Please check ${count} things` }),
  needChoice: (label: string) => `Choose an answer: ${label}`,
  needText: (label: string) => `Fill in: ${label}`,
  needContact: 'Type an e-mail address, such as name@example.org, or a phone number with area code.',
  tooLong: (label: string, most: number) => `Shorten to ${most} characters: ${label}`,
  needYes: 'Please read the privacy notice and tick the box if you agree.',

  tooMany: (seconds: number | undefined) =>
    seconds === undefined
      ? 'That was too often. Please wait a little and try again.'
      : plural('en', seconds, {
          one: 'That was too often. Please wait 1 second.',
          other: `That was too often. Please wait ${seconds} seconds.`,
        }),
  unreachable: 'We could not be reached. Check your connection and try again.',
  away: 'We cannot record this right now, so it was not done. Please try again in a minute.',
  videoAway: 'Video is not ready yet. Please try again in a few minutes; the chat goes on meanwhile.',
  tooLarge: 'This text is too long.',
  wentWrong: 'Something went wrong on our side. Please try again.',

  theTeam: 'The team',
  chatTitle: 'Your conversation',
  chatLog: 'Messages',
  offline: 'No connection. You can go on writing: everything is sent when it is back.',
  beginTitle: 'What can we do for you?',
  beginText: 'Write in your own words. You can close this page and come back: the conversation stays.',
  placeTitle: 'Where you stand',
  placeNext: 'You are next in line.',
  placeQueue: (position: number, ahead: number) =>
    `You are number ${position} in line. ${plural('en', ahead, { one: '1 person is', other: `${ahead} people are` })} before you.`,
  placeQueueText: 'Write now if you like; it is read when it is your turn.',
  placeQueueAway: 'Nobody is at the desk this minute. You keep your place.',
  placeClosed: 'We are closed now. Leave your message here.',
  placeClosedUntil: (when: string) => `We are closed now and open ${when}. Leave your message here.`,
  placeClosedText: 'It is read when we open. Your place is kept; you can close this page and come back.',
  placeStaff: (name: string) => `You are talking with ${name}.`,
  placeEnded: 'This conversation has ended.',
  verifiedBadge: 'Identity confirmed',
  closedComposer: 'This conversation is closed. You can read it here as long as this page stays open.',

  system: {
    claimed: (name: string) => `${name} has joined.`,
    transferred: 'You are being passed to another team. Your place is kept.',
    closed: 'The conversation was closed.',
    'verification-requested': 'You were asked to confirm who you are.',
    verified: 'Your identity is confirmed.',
    'consult-offered': 'A video consult was offered.',
    'consult-declined': 'The video consult was declined. The chat goes on.',
    'consult-started': 'The video consult has begun.',
    'consult-ended': 'The video consult has ended. The chat goes on.',
  },

  verifyCardTitle: (name: string) => `${name} asks you to confirm who you are`,
  verifyCardText: 'This protects your information. It takes about two minutes, and you need your e-mail.',
  verifyOpen: 'Confirm who I am',
  verifyCodeCard: 'Enter the code from your e-mail',
  verifyLocked: 'Confirming in this way is not possible right now. Please ask here how else you can do it.',
  verifyTitle: 'Confirm who you are',
  verifyLead:
    'Type these as they stand on your papers. They go straight to the check and do not appear in the chat.',
  backToChat: 'Back to the chat',
  fullName: 'Full name',
  birth: 'Date of birth',
  birthHint: 'For example 27 March 1985',
  day: 'Day',
  month: 'Month',
  year: 'Year',
  identifier: { clinic: 'Medical record number', law: 'Case or file number', school: 'Student number' },
  identifierHint: {
    clinic: 'It stands on your appointment card and on letters from us.',
    law: 'It stands at the top of our letters to you.',
    school: 'It stands on the student card and on report cards.',
  },
  birthWrong: 'Type a day, a month and a four-digit year that exist.',
  verifySend: 'Send me a code',
  codeTitle: 'Enter your code',
  codeText:
    'If what you typed matches a record, a six-digit code is on its way to the e-mail address on that record. It is good for 10 minutes.',
  codeLabel: 'Six-digit code',
  codeSend: 'Confirm',
  codeWrong: 'Type the six digits of the code.',
  codeRefused: (left: number | undefined) =>
    left === undefined
      ? 'That could not be confirmed.'
      : `That could not be confirmed. ${left === 0 ? 'No tries are left: type your details again.' : plural('en', left, { one: 'You have 1 more try.', other: `You have ${left} more tries.` })}`,
  codeNone:
    'No e-mail? Look in the spam folder. You can type your details again, or go back to the chat and ask for another way.',
  codeAgain: 'Type my details again',
  verifiedToast: 'Thank you. Your identity is confirmed.',

  offerTitle: (name: string) => `${name} offers you a video consult`,
  offerText:
    'You see and hear each other here in the browser. Nothing is installed. You can take part without a camera.',
  accept: 'Accept',
  decline: 'Not now',
  consultReadyTitle: 'Your video consult',
  consultReadyText: 'Next: check your camera and sound. Nobody sees you yet.',
  goOn: 'Continue',
  lobbyTitle: 'You are in the waiting room',
  lobbyText: (name: string) =>
    `${name} knows that you are here and lets you in. Nobody sees or hears you yet. You can go on chatting.`,
  lobbyLeave: 'Leave the waiting room',
  callEndedTitle: 'The connection to the consult was lost',
  callEndedText: 'The chat still works. Try to join again, or write that it does not work.',
  joinAgain: 'Join again',

  rateTitle: 'How was it?',
  rateText: 'Your answer helps the team. It is voluntary.',
  rateWords: ['Very poor', 'Poor', 'Fair', 'Good', 'Very good'],
  rateComment: 'Would you like to add something?',
  rateSend: 'Send rating',
  rateNeeded: 'Choose one of the five.',
  rateThanks: 'Thank you for your rating.',

  landingTitle: 'A calm front door for people who need help',
  landingLead:
    'Vestibule takes a first message, finds out who is asking, brings both sides face to face on video, and keeps a record that anyone can check.',
  landingSites: 'See it from the client’s side',
  landingSitesText: 'Three made-up organisations. Nothing here is a real service.',
  sector: { clinic: 'Clinic', law: 'Law office', school: 'School' },
  open: (name: string) => `Open ${name}`,
  landingNone: 'No demo sites are set up on this server.',
  landingStaff: 'See it from the other side',
  landingConsole: 'Staff console',
  landingConsoleText: 'The desk, the supervisor’s day and the officer’s log.',
  landingOutbox: 'Demo outbox',
  landingOutboxText: 'E-mails that the demo sends, such as codes.',
  outboxLead:
    'Mail that this demo has sent, newest first. It went to nobody; it is shown here so that you can try it.',
  outboxEmpty: 'Nothing has been sent yet',
  outboxEmptyText: 'Ask for a code in a conversation, and it appears here by itself.',
  outboxTo: (address: string) => `To ${address}`,
  apiTitle: 'The HTTP interface',
  apiLead:
    'Every door of this program: its address, who may stand there, the permission that the policies decide, and what it takes. Answers, error codes and the sockets are in docs/PROTOCOL.md.',
  apiAnyone: 'anyone',
  apiTakes: 'Takes',
};

export type PortalText = typeof en;
