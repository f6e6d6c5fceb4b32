import { AppError } from '@app/kernel';
import { type PipeTransform } from '@nestjs/common';
import { z, type ZodType } from 'zod';

/**
 * Returns what came in as what this door takes.
 *
 * @throws AppError `INPUT_MALFORMED` naming the fields that are wrong, never their values; `INPUT_TOO_LARGE` if nothing
 * but a length is wrong.
 */
export function parse<T>(schema: ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const { issues } = result.error;
  const tooLong = issues.every((issue) => issue.code === 'too_big' && issue.origin === 'string');
  const fields = [
    ...new Set(issues.map((issue) => issue.path.map(String).join('.') || namesOf(issue))),
  ].slice(0, 10);
  throw tooLong
    ? new AppError('INPUT_TOO_LARGE', `Too long: ${fields.join(', ')}.`, { extra: { fields } })
    : new AppError('INPUT_MALFORMED', `Not what this door takes: ${fields.join(', ')}.`, {
        extra: { fields },
      });
}

function namesOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? 'an unknown field' : 'the whole';
}

/** A pipe of `parse` for a body, a query or a parameter. */
export class Shape<T> implements PipeTransform<unknown, T> {
  constructor(readonly schema: ZodType<T>) {}

  transform(input: unknown): T {
    return parse(this.schema, input ?? {});
  }
}

/** An id, as `isId` of the kernel. The brand is given by the caller's type. */
export const idSchema = <T extends string>() =>
  z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/) as unknown as ZodType<T>;

/** A body without fields. */
export const Nothing = z.strictObject({});
