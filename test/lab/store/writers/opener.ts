import { openStore } from "../../../../src/lab/store/store.ts";

await openStore(process.argv[2]!);
