import ms from "ms";
import { turnAfter } from "./lib/turn";

document.querySelector("#turn").textContent = ms(turnAfter, { long: true });
