import { sectionsInOrder } from "./sections.ts";
import { showPage } from "./shell.ts";
import { followAddress, followTheme } from "./state.ts";

followTheme();
followAddress();
showPage(sectionsInOrder());
