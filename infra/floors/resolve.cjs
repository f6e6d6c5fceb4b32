// Tells dependency-cruiser the one name that only the pages' builds know: the server's tsconfig.json leaves it out, so
// that no server code can import the pages' components by mistake.
const path = require('node:path');

module.exports = { resolve: { alias: { '@app/ui': path.resolve(__dirname, '../../libs/ui/src/index.ts') } } };
