import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { AstroPrerenderer } from "astro";
import { UserError } from "../error.ts";

/** Pages are bundled with a copy of the class, so that its name tells. */
export const isMistake = (error: unknown): error is UserError =>
  error instanceof Error && error.name === "UserError";

/** A mistake in one line. */
export const tell = ({ message, hint }: UserError): string =>
  hint ? `${message} (${hint})` : message;

const placed = Symbol.for("vitrine.placed");

/** Says where a mistake stands, unless something within has said so. */
export function placeMistake(error: unknown, at: string | undefined): unknown {
  if (at && isMistake(error) && !(placed in error)) {
    Object.assign(error, { message: `${at}: ${tell(error)}`, [placed]: true });
  }
  return error;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Frame {
  path: string;
  line: string;
  column: string;
}

const framesOf = (stack: string): Frame[] =>
  [...stack.matchAll(/\(?(file:\/\/\S+|\/\S+?):(\d+):(\d+)\)?$/gm)].map(
    ([, written = "", line = "", column = ""]) => ({
      path: written.startsWith("file:") ? fileURLToPath(written) : written,
      line,
      column,
    }),
  );

/** The place in a study's own code from which a mistake was made. */
function placeIn(stack: string, experiments: string): string | undefined {
  const frame = framesOf(stack).find(({ path }) => path.startsWith(experiments));
  return frame && `${relative(root, frame.path)}:${frame.line}:${frame.column}`;
}

/** Whether a study's own code failed, or a package that it called, and not ours within it. */
const isOwn = ({ stack = "" }: Error, experiments: string): boolean =>
  framesOf(stack)
    .find(({ path }) => !path.includes("/node_modules/"))
    ?.path.startsWith(experiments) ?? false;

/** Ends a build on mistaken texts, a line for each; Astro would print a stack. */
export function endWith(mistakes: readonly UserError[]): never {
  const lines = mistakes.flatMap(({ message }) => message.split("\n"));
  for (const line of new Set(lines)) console.error(`error: ${line}`);
  process.exit(mistakes[0]?.exitCode ?? 1);
}

/**
 * Renders all pages, then tells of all mistakes in them, each once.
 * @param experiments folder of the studies, whose code is to blame where a stack leads there.
 */
export const tellMistakes =
  (experiments: string) =>
  (inner: AstroPrerenderer): AstroPrerenderer => {
    const mistakes: UserError[] = [];
    let isBroken = false;
    return {
      ...inner,
      async render(request, options) {
        try {
          return await inner.render(request, options);
        } catch (error) {
          const isTold = isMistake(error) || (error instanceof Error && isOwn(error, experiments));
          isBroken ||= !isTold;
          if (!isTold) throw error;
          const place = placeIn(error.stack ?? "", experiments);
          const mistake = isMistake(error) ? error : new UserError(error.message, { cause: error });
          // What renders MDX gives every error a hint of its own.
          Object.assign(mistake, { hint: undefined });
          placeMistake(mistake, place);
          mistakes.push(mistake);
          return new Response("");
        }
      },
      async teardown() {
        await inner.teardown?.();
        if (mistakes.length > 0 && !isBroken) endWith(mistakes);
      },
    };
  };
