import { api, Badge, type Locale, Notice } from '@app/ui';
import { useEffect, useState } from 'react';
import { Frame } from '../frame/frame';
import { LoadingScreen } from '../frame/screens';
import { errorWords, usePortalText } from '../text';
import css from './landing.module.css';

interface Schema {
  properties?: Record<string, unknown>;
  required?: string[];
}

interface Operation {
  'x-permission': string;
  security: Record<string, unknown>[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

/** Every HTTP door of the program, as the program itself describes them: address, who may ask, permission, what it takes. */
export function ApiPage({ onLocale }: { onLocale: (locale: Locale) => void }) {
  const text = usePortalText();
  const [document, setDocument] = useState<OpenApi>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    api.get<OpenApi>('/api/openapi.json').then(setDocument, setError);
  }, []);
  return (
    <Frame plain onLocale={onLocale}>
      <div className={css['page']}>
        <div className={css['part']}>
          <h1>{text.apiTitle}</h1>
          <p className={css['quiet']}>{text.apiLead}</p>
          <p>
            <a href="/api/openapi.json">openapi.json</a>
          </p>
        </div>
        {error !== undefined && (
          <Notice tone="warn" role="status">
            <p>{errorWords(error, text)}</p>
          </Notice>
        )}
        {!document && error === undefined && <LoadingScreen />}
        <ul className={css['apiDoors']}>
          {doorsOf(document).map(({ method, path, operation }) => (
            <li key={`${method} ${path}`}>
              <h2 className={css['door']}>
                <Badge>{method.toUpperCase()}</Badge> <code>{path}</code>
              </h2>
              <p className={css['quiet']}>
                {whoOf(operation) ?? text.apiAnyone} · <code>{operation['x-permission']}</code>
                {operation.requestBody && (
                  <>
                    {' '}
                    · {text.apiTakes}{' '}
                    <code>{fieldsOf(operation.requestBody.content['application/json'].schema)}</code>
                  </>
                )}
              </p>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

function doorsOf(document: OpenApi | undefined) {
  return Object.entries(document?.paths ?? {})
    .filter(([path]) => path.startsWith('/api/'))
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    );
}

/** The name of the session cookie's holder, as the protocol has it. */
function whoOf({ security }: Operation): string | undefined {
  return security.flatMap(Object.keys)[0];
}

function fieldsOf({ properties = {}, required = [] }: Schema): string {
  const fields = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
  return `{${fields.join(', ')}}`;
}
