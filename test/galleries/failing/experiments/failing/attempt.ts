import { type Code, stopped } from "#lab/task";
import type { attempt } from "./study.ts";

const run: Code<typeof attempt> = async ({ params: { way, number } }) => {
  switch (way) {
    case "throws":
      throw new Error("the dice fell off the table");
    case "exits":
      console.error("last words");
      return process.exit(3);
    case "crashes":
      process.kill(process.pid, "SIGKILL");
      return { number };
    case "spins":
      // As a call into an engine does: nothing is seen of events until it is over.
      for (;;);
    case "mistypes":
      return { number: String(number) as unknown as number };
    case "omits":
      return {} as { number: number };
    case "invents":
      return { number, colour: "green" };
    case "stops":
      return stopped("the dice stood on edge", {});
    default:
      return { number };
  }
};

export default run;
