import type { IntakeId } from '@app/kernel';
import { idSchema, parse } from '@app/platform';
import { MAX_MESSAGE_LENGTH } from '@app/transcript';
import { z } from 'zod';

const intakeId = idSchema<IntakeId>();
const seq = z.number().int().min(0).max(2_147_483_647);
/** A control character that is not a tab or a line break. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;
/** Text without control characters, lone surrogates or nothing but white space. Line breaks and tabs are text. */
const text = z
  .string()
  .max(MAX_MESSAGE_LENGTH)
  // That counts code points; the limit, and the pages, count UTF-16 code units.
  .check(({ value, issues }) => {
    if (value.length > MAX_MESSAGE_LENGTH)
      issues.push({ code: 'too_big', origin: 'string', maximum: MAX_MESSAGE_LENGTH, input: value });
  })
  .refine((value) => value.trim() !== '' && value.isWellFormed() && !CONTROL.test(value));

const Post = z.strictObject({ intakeId, clientMsgId: z.uuid().lowercase(), text });
const Since = z.strictObject({ intakeId, after: seq });
const Receipt = z.strictObject({ intakeId, delivered: seq.optional(), read: seq.optional() });
const Typing = z.strictObject({ intakeId, on: z.boolean() });

/** Each reads one event's body. @throws AppError `INPUT_MALFORMED` or `INPUT_TOO_LARGE`. */
export const parsePost = (body: unknown) => parse(Post, body);
export const parseSince = (body: unknown) => parse(Since, body);
export const parseReceipt = (body: unknown) => parse(Receipt, body);
export const parseTyping = (body: unknown) => parse(Typing, body);
/** The same rule for a note's text. */
export const NoteBody = z.strictObject({ clientMsgId: z.uuid().lowercase(), text });
