// The games of the shop: a wheel that the shop turns, memory, and who is best at it.

import { find, show } from "../elements.js";
import { fillBoards } from "../board.js";
import { openMemory } from "../memory.js";
import { isSignedIn } from "../person.js";
import { openTabs } from "../tabs.js";
import { openWheel } from "../wheel.js";

const canPlay = isSignedIn();
show(find("#games-guest"), !canPlay);
openWheel({ canPlay });
openMemory({ canPlay, onEnd: fillBoards });
openTabs(find('[role="tablist"]'));
fillBoards();
