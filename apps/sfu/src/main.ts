import { startProgram } from './program';

// Errors before the program stands are for the person at the terminal: one message, no stack, no value.
startProgram(process.env).catch((error: unknown) => {
  process.stderr.write(
    `The media node did not start. ${error instanceof Error ? error.message : 'Unknown fault.'}\n`,
  );
  process.exit(1);
});
