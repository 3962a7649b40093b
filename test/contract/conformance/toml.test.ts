import { runArea } from "./run-area.ts";

await runArea("toml");
