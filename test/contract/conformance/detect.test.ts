import { ring } from "../../support/world.ts";
import { runArea } from "./run-area.ts";

// The quick tests only have the stories about plans.
await runArea("detect", ring === "check" ? /^detect\/plan/ : undefined);
