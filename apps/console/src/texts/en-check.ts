/** What a finding is about, as far as it is known. */
export interface FindingAbout {
  /** The entry, such as "entry 12". */
  readonly entry: string;
  readonly file: string;
}

/** The words of the page that checks a bundle, in English. */
export const enCheck = {
  check: {
    title: 'Check an export',
    link: 'Check an export',
    back: 'Back to exports',
    intro:
      'Find out whether an export is exactly as it was made. The file is checked on this device, in your browser. It is not uploaded.',
    dropTitle: 'Drop an export here',
    dropHint:
      'A .zip that came from an export, or the .tlog-proof of one entry, such as the certificate of an erasure.',
    choose: 'Choose a file',
    another: 'Check another file',
    recheck: 'Check again with these',
    optionsTitle: 'Compare it with what you were given',
    optionsIntro:
      'Without these, the check uses the keys inside the export: it then shows that the export fits together, and not yet who made it.',
    key: 'The server’s OpenPGP key',
    keyHint: 'Starts with -----BEGIN PGP PUBLIC KEY BLOCK-----',
    vkey: 'The key of the log',
    vkeyHint: 'One line with plus signs. Needed for the proof of one entry.',
    against: 'An earlier state of the log that you kept',
    againstHint:
      'A checkpoint, from an earlier export or a printed sheet: three lines, with or without signatures below.',
    policy: 'Your rule about witnesses',
    policyHint: 'A C2SP policy: lines that begin with log, witness, group and quorum.',
    tsaCa: 'Certificate of your time-stamping authority',
    tsaCaHint: 'Starts with -----BEGIN CERTIFICATE-----',
    checking: (name: string) => `Checking ${name}`,
    cancel: 'Stop',
    failed: 'The check broke off. Reload the page and try again.',
    done: 'The check is finished.',
    answers: {
      valid: 'This export is whole',
      validEntry: 'This entry is in the log',
      below: 'Whole, but less vouches for it than you asked for',
      tampered: 'This has been changed',
      unusable: 'This could not be checked',
    },
    answersText: {
      valid: 'Nothing in it was changed, and nothing is missing from the part of the log that it shows.',
      below: 'Nothing in it was changed. What you asked for beyond that is not met.',
      tampered: 'Do not rely on it. Ask whoever gave it to you for the file as it was made.',
      unusable: 'That does not mean that it was changed. Something is missing or cannot be read.',
    },
    firstTitle: 'What was found first',
    moreFound: (count: string) => `${count} more`,
    entryName: (index: string) => `entry ${index}`,
    entryId: 'Its id',
    showsTitle: 'What it shows',
    showsEntries: (shown: string, all: string) =>
      `${shown} of ${all} entries of this part of the log, each exactly as it was recorded`,
    showsWithheld: (count: string) =>
      `Entries about other matters: their places are shown, their content is not: ${count}`,
    showsPeriod: (days: string) => `The period it is about: ${days}. Nothing shown is dated outside it`,
    showsIntake: (id: string) => `It is about one conversation: ${id}`,
    showsIntakes: (whole: string, all: string) =>
      `Conversations shown from their first entry to their last: ${whole} of ${all}`,
    showsMessages: (opened: string, redacted: string, events: string) =>
      `A transcript. Messages exactly as they were sealed: ${opened}. Kept back: ${redacted}. Lines of what happened: ${events}`,
    showsOpenings: (count: string) =>
      `Personal values, each the one that was sealed into the record: ${count}`,
    showsSource: 'It was made from another export, with messages kept back',
    showsPrevious: (count: string) =>
      `The log has only grown since the export before, when it had ${count} entries`,
    showsAgainst: (count: string) =>
      `The log has only grown since the state that you kept, of ${count} entries`,
    showsWitness: (name: string, time: string) => `The witness ${name} saw this state of the log on ${time}`,
    showsStamp: (count: string, time: string) =>
      `The first ${count} entries were there before ${time}, says a time-stamping authority`,
    showsEntry: (index: string, size: string) => `It is entry ${index} of a log of ${size}`,
    notTitle: 'What it does not show',
    not: [
      'Things that were never recorded.',
      'That what was recorded is true: it is what the server said at the time.',
    ],
    notKeys:
      'Who made it: the keys came from inside the export. Compare the fingerprint below with the one that you were told.',
    notWitness:
      'That the whole log was not written anew by whoever holds its keys: no witness, time stamp or earlier state of the log speaks against that here.',
    notBundleWitness: 'That the witnesses are independent: their keys came from inside the export.',
    whoTitle: 'Who signed',
    server: 'Server, OpenPGP fingerprint',
    log: 'Log',
    given: 'the key that you gave',
    inside: 'the key inside the export',
    insideTitle: 'What is inside',
    aboutTitle: 'About this export',
    exportId: 'Export (its number)',
    requestedBy: 'Asked for by (number of the account)',
    purpose: 'Purpose',
    createdAt: 'Made on',
    tenant: 'Organisation (its number)',
    act: 'What happened',
    at: 'When',
    actor: 'By',
    outcome: 'Outcome',
    names: 'Names',
    exact: 'In the words of the checking program',
    findings: {
      'entry-changed': ({ entry }: FindingAbout) => `The content of ${entry} has been changed.`,
      'entry-missing': ({ entry }: FindingAbout) => `${entry} is missing.`,
      'entry-moved': ({ entry }: FindingAbout) =>
        `Something else stands where ${entry} belongs: the order was changed.`,
      'entry-added': () => 'An entry was added that the log does not have.',
      leaf: ({ entry }: FindingAbout) => `The proof of ${entry} has been changed. The entry itself is whole.`,
      entry: ({ entry }: FindingAbout) => `${entry} does not have the form that entries have.`,
      root: () => 'The proof does not lead to the state of the log that was signed.',
      tenant: ({ entry }: FindingAbout) => `${entry} belongs to another organisation.`,
      period: ({ entry }: FindingAbout) => `${entry} is dated outside the period of this export.`,
      scope: () => 'It holds entries of another conversation than it says.',
      export: () => 'It does not name the entry that records this export.',
      'intake-gap': ({ entry }: FindingAbout) => `Something of the conversation is missing before ${entry}.`,
      'intake-chain': ({ entry }: FindingAbout) =>
        `${entry} is not the one that the next one of its conversation was written after.`,
      'intake-head': () => 'The last entries of a conversation are missing.',
      signature: () =>
        'The signature of the server does not fit. The list of contents or the signature has been changed.',
      'server-key': () => 'It was signed by another server key, or by one that cannot be read.',
      vkey: () =>
        'It is of another log than the one whose key you gave, or that key is missing or cannot be read.',
      checkpoint: () => 'The state of the log that it stands on was not signed by the log, or was changed.',
      previous: () => 'The state of the log at the export before has been changed.',
      consistency: () => 'The log did not simply grow from an earlier state: its history was changed.',
      against: () =>
        'It does not fit the earlier state of the log that you gave, or there is no proof that reaches back to it.',
      cosignature: () => 'The signature of a witness does not fit.',
      quorum: () => 'Fewer witnesses have signed than your rule asks for.',
      anchor: () => 'A time stamp is missing, does not fit, or is by another authority.',
      opening: ({ entry }: FindingAbout) =>
        `A personal value shown for ${entry} is not the one that was recorded.`,
      message: () => 'A message of the transcript is not the one that was recorded, or one is missing.',
      lines: ({ file }: FindingAbout) => `${file} has been changed.`,
      file: ({ file }: FindingAbout) => `The file ${file} has been changed.`,
      files: () => 'A file was added to the bundle, taken out, or moved.',
      entries: ({ file }: FindingAbout) => `The file ${file} has been changed.`,
      'zip-checksum': ({ file }: FindingAbout) => `The zip file was changed at ${file}.`,
      inclusion: ({ entry }: FindingAbout) => `${entry} is not in the log as it is shown here.`,
      'not-a-zip': () => 'This is not a zip file. If its name ends with .pgp, decrypt it first.',
      'zip-damaged': () => 'The zip file is damaged or was packed again. Take the file as you received it.',
      incomplete: ({ file }: FindingAbout) => `${file} is missing from the bundle.`,
      format: () => 'It has a newer format than this page knows.',
      policy: () => 'Your rule about witnesses cannot be read.',
      proof: () => 'This is not the proof of an entry.',
      other: () => 'A part of it was changed or cannot be read.',
    },
  },
};
