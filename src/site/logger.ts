import nodeDestination from "astro/logger/node";

type Destination = ReturnType<typeof nodeDestination>;

/** Astro's own log without what tellMistakes() says at the end of a build, and with no stack. */
export default (options?: Parameters<typeof nodeDestination>[0]): Destination => {
  const inner = nodeDestination(options);
  const isBuild = process.argv.includes("build");
  return {
    write(event) {
      const isMistake = event.level === "error" && event.message.startsWith("UserError:");
      if (!isBuild || !isMistake) inner.write(event);
    },
  };
};
