import { checkDoors, StaffDoor } from '@app/platform';
import { testDatabase } from '@app/platform/testing';
import { ACTIONS, OPEN_DOORS } from '@app/policies';
import { Controller, Get } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import request from 'supertest';
import { HealthController } from '../../src/doors/health.controller';
import { assemble } from '../../src/start/assemble';
import { type Api, assemblyOn, Browser, signIn, startApi, startIntake } from '../harness';
import { addressOf, codeOf, type Route, routesOf } from './routes';

let api: Api;
let routes: Route[];
let staff: Browser;
let client: Browser;
beforeAll(async () => {
  api = await startApi();
  routes = await routesOf(new Browser(api));
  staff = await signIn(api, 'juniper-clinic', 'receptionist');
  ({ client } = await startIntake(api, 'juniper-clinic'));
}, 120_000);
afterAll(() => api.close());

/** Sends a request as it comes, with the headers given and no others. */
function send({ method, path }: { method: 'get' | 'post'; path: string }, headers: Record<string, string>) {
  const asked = request(api.app.getHttpServer())[method](path).set(headers);
  return method === 'post' ? asked.send({}) : asked;
}

const as = (browser: Browser, route: Route, path = addressOf(route)) =>
  route.method === 'get' ? browser.get(path) : browser.post(path);

describe('a door without a lock', () => {
  class Inherited {
    @Get('from-its-base')
    fromItsBase() {
      return 'open';
    }
  }
  @Controller('planted')
  class PlantedController extends Inherited {
    @Get('locked')
    @StaffDoor('self.read')
    locked() {
      return 'locked';
    }
    @Get('open')
    open() {
      return 'open';
    }
    @Get('unknown')
    @StaffDoor('no.such.permission' as 'self.read')
    unknown() {
      return 'unknown';
    }
  }
  @WebSocketGateway()
  class PlantedGateway {
    @SubscribeMessage('planted')
    hear() {
      return 'open';
    }
  }

  test('is named, route or event, its own or inherited, and so is one whose permission no policy knows', async () => {
    const planted = await Test.createTestingModule({
      controllers: [PlantedController],
      providers: [PlantedGateway],
    }).compile();
    expect(() => checkDoors(planted.get(ModulesContainer))).toThrow(
      /^Doors without a lock: PlantedController.open names no permission; PlantedController.unknown names a permission that no policy knows; PlantedController.fromItsBase names no permission; PlantedGateway.hear names no permission\.$/,
    );
    await planted.close();
  });

  test('keeps the program from starting', async () => {
    const handler = HealthController.prototype.health;
    const [key] = Reflect.getMetadataKeys(handler).filter((one) => String(one).includes('door')) as string[];
    if (key === undefined) throw new Error('the route of the test names no permission any more');
    const sign: unknown = Reflect.getMetadata(key, handler);
    const db = await testDatabase();
    Reflect.deleteMetadata(key, handler);
    try {
      await expect(assemble(assemblyOn(db, api.outbox, api.home))).rejects.toThrow(
        'Doors without a lock: HealthController.health names no permission.',
      );
    } finally {
      Reflect.defineMetadata(key, sign, handler);
      await db.close();
    }
  });
});

describe('the doors of the program', () => {
  test('each route names a permission that a policy knows, and so does each event', () => {
    expect(routes.length).toBeGreaterThan(45);
    for (const { who, permission } of routes)
      expect(who === 'anyone' ? OPEN_DOORS : ACTIONS).toContain(permission);
    const events = checkDoors(api.app.get(ModulesContainer)).filter(({ kind }) => kind === 'event');
    expect(events.length).toBe(4 + 10);
    for (const { action } of events) expect(ACTIONS).toContain(action);
  });

  test('there is no route beside the ones that are described', () => {
    interface Layer {
      readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
    }
    const { router } = api.app.getHttpAdapter().getInstance() as unknown as { router: { stack: Layer[] } };
    const served = router.stack.flatMap(({ route }) =>
      route === undefined
        ? []
        : Object.keys(route.methods).map(
            (method) => `${method} ${route.path.replaceAll(/[:*](\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')}`,
          ),
    );
    expect(served.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('those that stand open are these, and no others', () => {
    expect(
      routes.filter(({ who }) => who === 'anyone').map(({ method, path }) => `${method} ${path}`),
    ).toEqual(
      expect.arrayContaining([
        'get /healthz',
        'get /api/sites/{slug}',
        'post /api/sites/{slug}/intakes',
        'post /api/staff/sign-in',
        'post /api/staff/sign-in/totp',
      ]),
    );
    expect(routes.filter(({ who, method }) => who === 'anyone' && method !== 'get')).toHaveLength(3);
  });

  test('nobody comes in without a session, with the session of the other side, or with its secret in the other cookie', async () => {
    const secret = client.cookie();
    const staffSecret = staff.cookie();
    for (const route of routes.filter(({ who }) => who !== 'anyone')) {
      const path = addressOf(route);
      const other = route.who === 'staff' ? client : staff;
      const crossed =
        route.who === 'staff'
          ? `vestibule_staff=${secret.split('=')[1] ?? ''}`
          : `vestibule_client=${staffSecret.split('=')[1] ?? ''}`;
      for (const answer of [
        await send({ ...route, path }, { origin: api.base }),
        await as(other, route, path),
        await send({ ...route, path }, { origin: api.base, cookie: crossed }),
        await send({ ...route, path }, { origin: api.base, cookie: `vestibule_${route.who}=__proto__` }),
      ])
        expect([route.path, answer.status, codeOf(answer)]).toEqual([route.path, 401, 'SIGNED_OUT']);
    }
  });

  test('nothing changes for a request that names no origin of ours, whoever is signed in', async () => {
    const cookies = {
      staff: staff.cookie(),
      client: client.cookie(),
      anyone: '',
    };
    for (const route of routes.filter(({ method }) => method === 'post'))
      for (const origin of [undefined, 'https://elsewhere.example', 'null', '', 'http://127.0.0.1:1']) {
        const cookie = cookies[route.who];
        const answer = await send(
          { ...route, path: addressOf(route) },
          { ...(cookie !== '' && { cookie }), ...(origin !== undefined && { origin }) },
        );
        expect([route.path, answer.status, codeOf(answer)]).toEqual([route.path, 403, 'ORIGIN_REFUSED']);
      }
  });

  test('a method that a route does not have is no way around it', async () => {
    for (const route of routes.filter(({ who }) => who !== 'anyone'))
      for (const method of ['PUT', 'PATCH', 'DELETE', route.method === 'get' ? 'POST' : 'GET']) {
        if (routes.some((one) => one.path === route.path && one.method === method.toLowerCase())) continue;
        const answer = await fetch(api.base + addressOf(route), { method, headers: { origin: api.base } });
        const text = await answer.text();
        expect([method, route.path, codeOf({ status: answer.status, text })]).toEqual([
          method,
          route.path,
          // Where another route takes the same words for a parameter, its own door answers.
          expect.stringMatching(/^(NOT_FOUND|SIGNED_OUT)$/),
        ]);
      }
  });
});
