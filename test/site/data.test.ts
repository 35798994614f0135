import { expect, test } from "vitest";
import { describeData, describeStandIn } from "../../src/site/data.ts";

const mnist = { name: "mnist", source: "cache" };
const drawn = { name: "fashion-mnist", source: "drawn" };

test("real data are named, stand-ins are owned up to", () => {
  expect(describeData([mnist, { ...drawn, source: "download" }])).toBe(
    "The pictures are MNIST and Fashion-MNIST.",
  );
  expect(describeData([mnist, drawn])).toBe(
    "The pictures are MNIST and pictures drawn by this project in place of Fashion-MNIST.",
  );
  expect(describeData([])).toBe("No pictures from a data set.");
});

test("the banner appears for stand-in data and for short training only", () => {
  expect(describeStandIn({ profile: "default", datasets: [mnist] })).toBeNull();
  expect(describeStandIn({ profile: "default", datasets: [drawn] })).toContain("drawn by this");
  expect(describeStandIn({ profile: "quick", datasets: [mnist] })).toContain("“quick”");
});
