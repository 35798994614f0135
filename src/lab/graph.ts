import { createHash } from "node:crypto";
import { UserError } from "../error.ts";
import type { TaskCode } from "./bundle.ts";
import type { Command } from "./command.ts";
import { type Data, isData } from "./input.ts";
import type { Output } from "./output.ts";
import { parse } from "./parse.ts";
import { canonicalJson } from "./store/key.ts";
import { type AnyTask, type Input, isRef } from "./task.ts";

/** Version of the layout of what is stored; part of every key. */
export const schemaVersion = 3;

/** Data as read: where a worker finds them, and what they are. */
export interface ReadData {
  /** Of the contents, hexadecimal. */
  sha256: string;
  kind: "file" | "arrays" | "value";
  path: string;
  /** Of arrays: JSON of the names along dimensions, by array. */
  labels?: string;
  /** For people, e.g. "MNIST, test part, from VITRINE_DATA". */
  description: string;
}

/** Something a run reads. */
export type RunInput =
  | { type: "data"; data: ReadData }
  | { type: "run"; run: Run; output: string }
  | { type: "list"; items: RunInput[] };

/** One run of a task, with everything that decides about its outcome. */
export interface Run {
  key: string;
  task: AnyTask;
  /** Complete: defaults are filled in. */
  params: unknown;
  inputs: Record<string, RunInput>;
  code: TaskCode;
  /** Engine id; null where none is used. */
  engine: string | null;
}

export interface GraphSources {
  engine: { id: string };
  load: (code: URL | Command) => Promise<TaskCode>;
  read: (data: Data) => Promise<ReadData>;
}

/** @returns the function that asks once for each key. */
function memoise<A, V>(keyOf: (argument: A) => string, ask: (argument: A) => V): (a: A) => V {
  const known = new Map<string, V>();
  return (argument) => {
    const key = keyOf(argument);
    if (!known.has(key)) known.set(key, ask(argument));
    return known.get(key)!;
  };
}

/** What an input is for a key: contents, never places. */
function fingerprint(input: RunInput): unknown {
  switch (input.type) {
    case "data":
      return { data: input.data.sha256 };
    case "run":
      return { run: input.run.key, output: input.output };
    case "list":
      return input.items.map(fingerprint);
  }
}

/** All that decides about the outcome of a run: plain JSON, no places, no presentation. */
export function keyParts({ task, params, inputs, code, engine }: Omit<Run, "key">) {
  return {
    schema: schemaVersion,
    task: task.name as string,
    params,
    outputs: Object.fromEntries(
      Object.entries(task.outputs as Record<string, Output>).map(([name, { kind }]) => [
        name,
        kind,
      ]),
    ),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, fingerprint(input)]),
    ),
    code: code.hash,
    engine,
  };
}

/** 32 hexadecimal digits, half of a SHA-256: the folder's name in the store and on the site. */
export const keyOf = (run: Omit<Run, "key">): string =>
  createHash("sha256")
    .update(canonicalJson(keyParts(run)))
    .digest("hex")
    .slice(0, 32);

/** A run before anything was read: what it is made of is known from declarations alone. */
interface Node {
  task: AnyTask;
  params: unknown;
  inputs: Record<string, NodeInput>;
}

type NodeInput =
  | { type: "data"; data: Data }
  | { type: "run"; node: Node; output: string }
  | { type: "list"; items: NodeInput[] };

/** Longer chains are taken for a task that reads itself with ever new parameters. */
const longestChain = 100;

/**
 * @returns the function that makes one node of a task with parameters, whoever asks for it. Tasks of
 * other studies may have the same name and mean something else.
 */
function createNodes() {
  const tasks = new Map<AnyTask, Map<string, Node | "open">>();

  const nodesOf = (task: AnyTask): Map<string, Node | "open"> => {
    const known = tasks.get(task) ?? new Map<string, Node | "open">();
    tasks.set(task, known);
    return known;
  };

  const expandInput = (input: Input, chain: readonly string[]): NodeInput => {
    if (isData(input)) return { type: "data", data: input };
    if (isRef(input)) {
      return { type: "run", node: expand(input.task, input.params, chain), output: input.output };
    }
    return { type: "list", items: input.map((item) => expandInput(item, chain)) };
  };

  function expand(task: AnyTask, written: unknown, chain: readonly string[] = []): Node {
    const params: unknown = parse(task.params, written, `the parameters of task “${task.name}”`);
    const nodes = nodesOf(task);
    const identity = canonicalJson(params);
    const known = nodes.get(identity);
    if (known === "open" || chain.length > longestChain) {
      const ring = chain.slice(Math.max(0, chain.indexOf(task.name), chain.length - 4));
      throw new UserError(`runs read each other in a ring: ${[...ring, task.name].join(" → ")}`);
    }
    if (known) return known;
    nodes.set(identity, "open");
    const inputs = Object.entries(task.inputs(params) as Record<string, Input>).map(
      ([name, input]) => [name, expandInput(input, [...chain, task.name])] as const,
    );
    const node = { task, params, inputs: Object.fromEntries(inputs) };
    nodes.set(identity, node);
    return node;
  }
  return expand;
}

/**
 * Turns tasks with parameters into runs, those that they read among them. The same task with the
 * same parameters is one run, whoever asks for it.
 */
export function createGraph({ engine, load, read }: GraphSources) {
  const expand = createNodes();
  const codeOf = memoise((code: URL | Command) => JSON.stringify(code), load);
  const dataOf = memoise((data: Data) => canonicalJson(data.source), read);
  const runs = new Map<Node, Promise<Run>>();

  async function resolveInput(input: NodeInput): Promise<RunInput> {
    switch (input.type) {
      case "data":
        return { type: "data", data: await dataOf(input.data) };
      case "run":
        return { type: "run", run: await resolve(input.node), output: input.output };
      case "list":
        return { type: "list", items: await Promise.all(input.items.map(resolveInput)) };
    }
  }

  async function create({ task, params, inputs: declared }: Node): Promise<Run> {
    const names = Object.keys(declared);
    const [code, ...found] = await Promise.all([
      codeOf(task.code),
      ...names.map((name) => resolveInput(declared[name]!)),
    ]);
    const inputs = Object.fromEntries(names.map((name, i) => [name, found[i]!]));
    const run = { task, params, inputs, code, engine: code.usesEngine ? engine.id : null };
    return { key: keyOf(run), ...run };
  }

  function resolve(node: Node): Promise<Run> {
    const run = runs.get(node) ?? create(node);
    runs.set(node, run);
    return run;
  }

  /** @throws UserError for parameters that are not valid, and for runs that read each other in a ring. */
  return (task: AnyTask, params: unknown): Promise<Run> => resolve(expand(task, params));
}

/** A run that another reads, and by which of its inputs, e.g. "weights", "folds.2". */
export interface Read {
  input: string;
  run: Run;
}

/** The runs that a run reads, each once, under the first of its inputs that does. */
export function readsOf({ inputs }: Run): Read[] {
  const of = (name: string, input: RunInput): Read[] => {
    if (input.type === "run") return [{ input: name, run: input.run }];
    if (input.type === "data") return [];
    return input.items.flatMap((item, i) => of(`${name}.${i + 1}`, item));
  };
  const reads = Object.entries(inputs).flatMap(([name, input]) => of(name, input));
  return [...new Map(reads.reverse().map((read) => [read.run.key, read])).values()].reverse();
}

/** The runs that a run reads, each once. */
export const upstreamOf = (run: Run): Run[] => readsOf(run).map(({ run }) => run);
