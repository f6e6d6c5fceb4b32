/** Whether a text is the number of a conversation: a UUID in lower case, as the log shows it. */
export function isConversation(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text.trim());
}

/** What somebody types to show that they mean this conversation and no other. */
export function endingOf(intakeId: string): string {
  return intakeId.trim().slice(-6);
}
