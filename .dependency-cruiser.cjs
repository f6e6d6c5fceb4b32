/**
 * The floors of the house (docs/ARCHITECTURE.md). A room imports what stands on a lower floor, through its front door
 * `src/index.ts`, and nothing else. `guards/` plants a fault for each rule here.
 */
const TESTS =
  '\\.test\\.tsx?$|^audit/vectors/|^policies/[^/]+\\.mjs$|^libs/[^/]+/testing/|^apps/[^/]+/tests/|^(guards|bench|infra)/';
const STRANGERS = 'staff|identity|transcript|records|consult|desk|files|insight';
const PAGES = '^(apps/(portal|console|widget)|libs/ui)/';
/** The page of the console that checks a bundle. */
const CHECKING = '^apps/console/src/check/';
const GROUND = '^(audit|policies|libs/kernel)/';
const FLOOR_4 = 'intake|media|ui';
const EVERYWHERE = '^(apps/[^/]+|libs/[^/]+|audit|policies)/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const floors = [
  {
    name: 'ground-floor-imports-nothing',
    comment:
      'audit, policies and kernel are read by people who do not trust us: Node only. Policies run on Cedar.',
    from: { path: GROUND, pathNot: TESTS },
    to: { pathNot: [GROUND, 'node_modules/@cedar-policy/cedar-wasm/'], dependencyTypesNot: ['core'] },
  },
  {
    name: 'cedar-belongs-to-policies',
    from: { pathNot: ['^policies/', TESTS] },
    to: { path: 'node_modules/@cedar-policy/' },
  },
  {
    name: 'ground-floor-rooms-are-strangers',
    from: { path: GROUND },
    to: { path: GROUND, pathNot: '^$1/' },
  },
  {
    name: 'crypto-knows-only-kernel',
    from: { path: '^libs/crypto/', pathNot: TESTS },
    to: { path: `^(apps|audit|policies|libs/(?!crypto/|kernel/))|node_modules/(@nestjs|typeorm|pg)/` },
  },
  {
    name: 'platform-knows-no-feature',
    from: { path: '^libs/platform/', pathNot: TESTS },
    to: { path: `^libs/(${STRANGERS}|${FLOOR_4})/` },
  },
  {
    name: 'features-are-strangers',
    comment: 'Only intake joins features. Two features that need each other are one, or need a floor below.',
    from: { path: `^libs/(${STRANGERS})/` },
    to: { path: `^libs/(${STRANGERS}|${FLOOR_4})/`, pathNot: '^libs/$1/' },
  },
  {
    name: 'floor-4-rooms-are-strangers',
    from: { path: '^libs/(intake|media)/' },
    to: { path: `^libs/(${FLOOR_4})/`, pathNot: '^libs/$1/' },
  },
  {
    name: 'pages-know-only-ui',
    comment: 'What a browser runs holds no code of the server.',
    from: { path: PAGES, pathNot: [TESTS, CHECKING] },
    to: { path: '^(apps|libs|audit|policies)/', pathNot: ['^libs/ui/', '^$1/'] },
  },
  {
    name: 'only-checking-knows-the-verifier',
    comment:
      'The page that checks a bundle runs the modules of the verifier, and brings its own cryptography: not what runs on Node.',
    from: { path: CHECKING, pathNot: TESTS },
    to: {
      path: '^(apps|libs|audit|policies)/',
      pathNot: ['^libs/ui/', '^apps/console/', '^audit/verify/(?!main|primitives|join)'],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'verifier-shares-no-line',
    comment:
      'What writes bundles and what checks them share no code, so that a fault in one is not hidden by the other.',
    from: { path: '^(audit/src|libs|apps/(api|sfu))/', pathNot: [TESTS, PAGES] },
    to: { path: '^audit/verify/' },
  },
  {
    name: 'verifier-knows-only-itself',
    from: { path: '^audit/verify/' },
    to: { path: '^(apps|libs|audit|policies)/', pathNot: '^audit/verify/' },
  },
  {
    name: 'sfu-knows-only-media',
    comment:
      'A media node has no database, no key and nobody to let in: what is not there cannot be taken from it.',
    from: { path: '^apps/sfu/', pathNot: TESTS },
    to: { path: '^(libs/(?!(kernel|consult|media)/)|audit/|policies/)|node_modules/(@nestjs|typeorm|pg)/' },
  },
  {
    name: 'nothing-imports-an-app',
    from: { path: '^(libs|audit|policies|apps/([^/]+))/' },
    to: { path: '^apps/', pathNot: '^apps/$2/' },
  },
  {
    name: 'front-door-only',
    comment:
      "Another room's code comes through its src/index.ts; what a room lends to tests, through testing/index.ts.",
    from: { path: EVERYWHERE, pathNot: TESTS },
    to: {
      path: EVERYWHERE,
      pathNot: ['^$1/', '/src/index\\.tsx?$', '^libs/crypto/src/open\\.ts$', '^audit/verify/'],
    },
  },
  {
    name: 'product-code-imports-no-test-code',
    from: { pathNot: TESTS },
    to: { path: TESTS },
  },
  {
    name: 'only-the-keys-open',
    comment:
      'Plaintext comes out of libs/crypto/src/open.ts, and the keys of the platform ask for a receipt first.',
    from: { pathNot: ['^libs/crypto/', '^libs/platform/src/keys/'] },
    to: { path: '^libs/crypto/src/open\\.ts$' },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const owners = [
  {
    name: 'mediasoup-belongs-to-media',
    from: { pathNot: ['^libs/media/'] },
    to: { path: 'node_modules/mediasoup/' },
  },
  {
    name: 'mediasoup-client-belongs-to-ui',
    from: { pathNot: ['^libs/ui/', TESTS] },
    to: { path: 'node_modules/mediasoup-client/' },
  },
  {
    name: 'kms-clients-belong-to-the-keys',
    comment:
      'What speaks to an HSM or to a cloud about keys stands behind the port of the keys, and nowhere else.',
    from: { pathNot: ['^libs/platform/src/keys/kms/', TESTS] },
    to: { path: 'node_modules/(pkcs11js|@aws-sdk)/' },
  },
  {
    name: 'ciphers-belong-to-crypto',
    from: { pathNot: ['^libs/crypto/', TESTS] },
    to: { path: 'node_modules/(argon2|openpgp)/' },
  },
  {
    name: 'nest-stays-at-the-edge',
    comment: 'A file without a kind in its name is plain TypeScript, and so are rows.',
    from: {
      path: '^libs/',
      pathNot: [
        '\\.(module|controller|gateway|guard|filter|service|interceptor)\\.ts$',
        '^libs/platform/',
        TESTS,
      ],
    },
    to: { path: 'node_modules/@nestjs/' },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const general = [
  { name: 'no-cycles', from: {}, to: { circular: true } },
  { name: 'everything-resolves', from: {}, to: { couldNotResolve: true } },
  {
    name: 'dependencies-are-declared',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'] },
  },
  {
    name: 'servers-do-not-run-on-development-packages',
    comment:
      'Pages are built with theirs; a server would miss them where only production packages are installed.',
    from: { pathNot: [TESTS, PAGES] },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...floors, ...owners, ...general].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    webpackConfig: { fileName: 'infra/floors/resolve.cjs' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types', 'browser'],
    },
  },
};
