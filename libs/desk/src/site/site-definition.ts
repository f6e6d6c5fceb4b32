import { AppError, type QueueId } from '@app/kernel';
import { idSchema, parse } from '@app/platform';
import { z } from 'zod';
import { type FormField, formFaults, formSchema } from '../form/form';
import { localeSchema, type Text, textSchema } from '../form/text';
import { intervalFault } from './hours';
import { isDate, isTimeZone } from './local-time';

const MAX_INTERVALS = 70;
const MAX_EXCEPTIONS = 400;

const opensSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const closesSchema = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/);
const daySchema = z.union([0, 1, 2, 3, 4, 5, 6].map((day) => z.literal(day as 0 | 1 | 2 | 3 | 4 | 5 | 6)));

const definitionSchema = z
  .strictObject({
    /** The languages that the site answers in, the first one by default. */
    locales: z.array(localeSchema).min(1).max(2),
    timeZone: z.string().max(64).refine(isTimeZone),
    tagline: textSchema(200),
    answeredBy: textSchema(200),
    hours: z
      .array(z.strictObject({ day: daySchema, opens: opensSchema, closes: closesSchema }))
      .max(MAX_INTERVALS),
    exceptions: z
      .array(
        z.strictObject({
          date: z
            .string()
            .regex(/^\d{4}-\d\d-\d\d$/)
            .refine(isDate),
          hours: z.array(z.strictObject({ opens: opensSchema, closes: closesSchema })).max(10),
        }),
      )
      .max(MAX_EXCEPTIONS),
    emergency: z.strictObject({
      text: textSchema(500),
      lines: z
        .array(z.strictObject({ label: textSchema(100), number: z.string().regex(/^[0-9+*#() -]{2,24}$/) }))
        .min(1)
        .max(6),
    }),
    form: formSchema,
    /** Which queue a topic goes to. */
    topics: z.record(z.string(), idSchema<QueueId>()),
    /** Who mail of this site says it is from. No line breaks: it becomes a mail header. */
    mail: z.strictObject({
      fromName: z
        .string()
        .min(1)
        .max(60)
        .regex(/^[^\p{Cc}<>"]+$/u),
      address: z.email().max(254),
    }),
  })
  .superRefine((definition, context) => {
    const refuse = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: 'custom', path, message });
    if (new Set(definition.locales).size !== definition.locales.length)
      refuse('A locale is named once.', 'locales');
    for (let day = 0; day < 7; day++) {
      const fault = intervalFault(definition.hours.filter((one) => one.day === day));
      if (fault !== undefined) refuse(fault, 'hours');
    }
    definition.exceptions.forEach(({ date, hours }, at) => {
      const fault = intervalFault(hours);
      if (fault !== undefined) refuse(fault, 'exceptions', at, 'hours');
      if (definition.exceptions.findIndex((one) => one.date === date) !== at)
        refuse('A date is named once.', 'exceptions', at, 'date');
    });
    for (const { path, message } of formFaults(definition.form)) refuse(message, 'form', ...path);
    const topics = optionsOf(definition.form);
    for (const topic of topics)
      if (!Object.hasOwn(definition.topics, topic)) refuse('Each topic has a queue.', 'topics', topic);
    for (const topic of Object.keys(definition.topics))
      if (!topics.includes(topic)) refuse('The form has no such topic.', 'topics', topic);
  });

/** What a tenant says about one of its sites: who answers, when, what is asked and where it goes. Kept in `site.definition`. */
export type SiteDefinition = z.infer<typeof definitionSchema>;

/**
 * Returns a site's definition as it came in or as it was stored.
 *
 * @throws AppError `INPUT_MALFORMED` or `INPUT_TOO_LARGE` naming the fields that are wrong, such as `form.2.when`.
 */
export function parseDefinition(input: unknown): SiteDefinition {
  return parse(definitionSchema, input);
}

/** Returns the queue of a topic. @throws AppError `INPUT_MALFORMED` if the site has no such topic. */
export function queueFor(definition: SiteDefinition, topic: string): QueueId {
  const queueId = Object.hasOwn(definition.topics, topic) ? definition.topics[topic] : undefined;
  if (queueId === undefined)
    throw new AppError('INPUT_MALFORMED', 'This site has no such topic.', { extra: { fields: ['topic'] } });
  return queueId;
}

/** Returns a topic in words. For one that the form does not have any more, its bare value. */
export function topicLabel(definition: SiteDefinition, topic: string): Text {
  const option = definition.form
    .find(({ kind }) => kind === 'topic')
    ?.options?.find(({ value }) => value === topic);
  return option?.label ?? { en: topic, es: topic };
}

/** Returns the queues that a site's topics go to, each once. */
export function queuesServing(definition: SiteDefinition): QueueId[] {
  return [...new Set(Object.values(definition.topics))];
}

function optionsOf(form: readonly FormField[]): string[] {
  return (form.find(({ kind }) => kind === 'topic')?.options ?? []).map(({ value }) => value);
}
