import { serve } from "./executor/serve.ts";
import { run } from "./run.ts";

serve(run);
