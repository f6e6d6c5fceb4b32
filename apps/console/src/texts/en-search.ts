/** The words of the search page, in English. */
export const enSearch = {
  search: {
    title: 'Search',
    intro:
      'Look for words in what clients and staff wrote to each other. Messages are kept sealed; the server opens them one after the other to look, and shows you none of them before you open a conversation.',
    recorded:
      'This search is recorded in the audit log with your name, before anything is opened. The words you look for are kept sealed. Each conversation that you open is recorded as well.',
    newTitle: 'New search',
    words: 'Words to look for',
    wordsHint: 'Whole words. Capital letters and accents make no difference.',
    match: 'How to match',
    phrase: 'Exactly this phrase',
    allWords: 'All of these words, anywhere in one message',
    narrow: 'Only one queue or conversation',
    from: 'First day',
    to: 'Last day',
    queue: 'Queue',
    anyQueue: 'All that you may search',
    conversation: 'Only one conversation',
    conversationHint: 'Its number, as in the audit log',
    purpose: 'Why do you search?',
    purposeHint: 'Written into the audit log.',
    purposes: {
      LEGAL: 'Legal proceedings',
      DSAR: 'A person’s request for their data',
      '': 'Review of my own queues',
    },
    start: 'Search',
    missingWords: 'Type at least one word.',
    tooManyWords: 'That cannot be looked for. Use between one and twenty words.',
    missingPurpose: 'Choose what the search is for.',
    wrongPeriod: 'The last day must not be before the first day.',
    wrongConversation: 'A conversation number has 36 characters. Copy it from the audit log.',
    states: {
      waiting: 'Waiting for its turn',
      running: 'Looking',
      done: 'Finished',
      cancelled: 'Cancelled',
      failed: 'Stopped',
    },
    started: 'The search has started.',
    progressLabel: 'Messages looked through',
    progress: (done: string, total: string) => `${done} of ${total}`,
    cancel: 'Cancel this search',
    resultTitle: (words: string) => `Search for “${words}”`,
    found: (messages: string, conversations: string) =>
      `Found in ${messages} ${messages === '1' ? 'message' : 'messages'} of ${conversations} ${conversations === '1' ? 'conversation' : 'conversations'}`,
    lookedIn: (conversations: string) =>
      `${conversations} ${conversations === '1' ? 'conversation' : 'conversations'} looked through`,
    noneYet: 'Nothing found yet.',
    noneTitle: 'Nothing found',
    none: 'These words stand in no message of this period that you may search. Try fewer words, or a longer period.',
    nowhereTitle: 'Nothing to look through',
    nowhere: 'In this period there is no conversation that you may search.',
    erased: (n: string) =>
      n === '1'
        ? '1 conversation was erased. What was said in it cannot be read by anybody any more.'
        : `${n} conversations were erased. What was said in them cannot be read by anybody any more.`,
    unreadable: (n: string) =>
      `${n} ${n === '1' ? 'message' : 'messages'} could not be opened, because the stored bytes are not what was sealed. Tell your administrator.`,
    capped: (n: string) =>
      `The search ended at ${n} messages; there may be more. Narrow the words or the period.`,
    cancelled: 'You cancelled this search. What it had found until then is below.',
    failed:
      'The search stopped before it was complete, and what it had found was thrown away. Start it again.',
    keptUntil: (at: string) => `Kept until ${at}, then deleted with its words.`,
    hits: (n: string) => `${n} ${n === '1' ? 'message' : 'messages'}`,
    open: 'Show the messages',
    openOf: (topic: string, when: string) => `Show the messages: ${topic}, ${when}`,
    hide: 'Hide the messages',
    denied: 'Not for you',
    deniedText: 'This conversation is not for you now. It may have moved to another queue.',
    erasedRow: 'Erased',
    erasedRowText: 'This conversation was erased since it was found.',
    shownOf: (shown: string, hits: string) => `The first ${shown} of ${hits} messages with these words.`,
    opened: 'The messages are shown. This was recorded.',
    gap: 'Messages in between are not shown',
    client: 'Client',
    staff: 'Staff',
    earlier: 'My searches',
    earlierEmpty: 'You have not searched in the last 24 hours.',
  },
};
