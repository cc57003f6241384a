import { sectionsInOrder } from "./sections.ts";
import { showPage } from "./shell.ts";
import { followTheme } from "./state.ts";

followTheme();
showPage(sectionsInOrder());
