import { newId } from '@app/kernel';
import { type Api, type Browser } from '../harness';

/** A JSON schema, as far as this program's bodies need one. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
}

/** One route of the running program, as it describes itself. */
export interface Route {
  readonly method: 'get' | 'post';
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  readonly who: 'staff' | 'client' | 'anyone';
  readonly permission: string | undefined;
  readonly body: Schema | undefined;
}

interface Described {
  readonly security: readonly object[];
  readonly 'x-permission'?: string;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** Returns every route of the program, from the document that it serves. */
export async function routesOf(browser: Browser): Promise<Route[]> {
  const { body } = await browser.get('/api/openapi.json').expect(200);
  const { paths } = body as { paths: Record<string, Record<'get' | 'post', Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Route => {
      const [who] = Object.keys(described.security[0] ?? {}) as ('staff' | 'client')[];
      return {
        method: method as Route['method'],
        path,
        who: who ?? 'anyone',
        permission: described['x-permission'],
        body: described.requestBody?.content['application/json'].schema,
      };
    }),
  );
}

/** Returns the address of a route: its parameters filled in, by name, and otherwise with an id that nothing has. */
export function addressOf({ path }: Route, parameters: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? newId<string>());
}

/** What no answer may hold: a stack, SQL, a place on the disk, the name of a table or of a library. */
const INSIDES =
  /\bat \S+ \(|node_modules|\.[jt]s:\d|\/(home|work|tmp|usr|opt|root)\/|\b(SELECT|INSERT|UPDATE|DELETE) |violates|syntax error|invalid (input|byte)|tenant_id|intake_head|zod|postgres|typeorm|ECONN/i;

/** Returns an error's code, and throws if the answer is no error of ours or tells of the insides. */
export function codeOf({ status, text }: { readonly status: number; readonly text: string }): string {
  if (INSIDES.test(text)) throw new Error(`an error tells too much: ${text}`);
  const { error, ...rest } = JSON.parse(text) as { error?: { code: string; message: string } };
  if (status < 400 || error === undefined || Object.keys(rest).length > 0)
    throw new Error(`not an error of ours: ${status} ${text.slice(0, 200)}`);
  return error.code;
}

/** Forgets what the limits have counted: one address makes all the requests of a test. */
export async function forgetLimits(api: Api): Promise<void> {
  await api.db.owner('DELETE FROM rate_limit');
}

/** Tables that grow with refusals: the log, and what is counted. */
const GROWS = /^(audit_|rate_limit$|sign_in_refusal)/;

/** Returns how many rows each table has, but for those that grow with refusals. */
export async function rowCounts(api: Api): Promise<Record<string, number>> {
  const tables = await api.db.owner<{ relname: string }>(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { relname } of tables.filter((table) => !GROWS.test(table.relname))) {
    const [row] = await api.db.owner<{ n: number }>(`SELECT count(*)::int AS n FROM ${relname}`);
    counts[relname] = row?.n ?? -1;
  }
  return counts;
}
