// Prints MATRIX.md. Needs the development packages, and no build:
//   npx node policies/matrix.mjs > policies/MATRIX.md
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';

registerHooks({
  resolve: (name, context, next) =>
    next(/^\.\/src\/|^\.\/[a-z-]+$/.test(name) ? `${name}.ts` : name, context),
  load: (url, context, next) => {
    if (!url.endsWith('.ts')) return next(url, context);
    const options = { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2023 };
    const { outputText } = typescript.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), {
      compilerOptions: { ...options, verbatimModuleSyntax: false },
    });
    return { format: 'module', source: outputText, shortCircuit: true };
  },
});

const { PolicySet } = await import('./src/decide');
const { matrix } = await import('./src/matrix');
process.stdout.write(matrix(PolicySet.load(fileURLToPath(new URL('access', import.meta.url)))));
