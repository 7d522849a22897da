/** How firms are registered: the words before one are a firm's name. */
export const LEGAL =
  /^(?:inc|llc|ltd|limited|plc|corp|corporation|gmbh|ag|kg|ohg|bv|nv|sarl|sas|spa|srl|sl|oy|ab|as|aps|kk|pty|llp|lp|co)\.?$/;
/** What kind of firm or institution it is. */
export const KINDS =
  /^(?:group|holdings?|industries|enterprises|technologies|systems|solutions|partners|associates|foundation|institute|university|college|hospital|clinic|bank|insurance|airlines|airways|pharmaceuticals|laboratories|labs|motors|electronics|logistics|consulting|ventures|capital|financial|healthcare|analytics|dynamics?|dynamic|worldwide|international|brothers|sons|company|corporation|agency|ministry|museum|restaurant|hotel|studios|entertainment|records|press|times|union|society|association|club|consolidated|robotics|semiconductor|energy|foods|media|networks|communications|software|research|data systems|tech)$/;
