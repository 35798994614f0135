import { openStore } from "../../../../src/lab/store/store.ts";
import { schema } from "../../result.ts";

await openStore(process.argv[2]!, schema);
