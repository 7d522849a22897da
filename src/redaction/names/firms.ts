/** How firms are registered: the words before one are a firm's name. */
export const LEGAL: readonly string[] =
  'inc incorporated llc ltd limited plc corp corporation gmbh ag kg ohg bv nv sarl sas spa srl sl oy ab as aps kk pty llp lp co'.split(
    ' ',
  );
/** What kind of firm or institution it is. */
export const KINDS: readonly string[] =
  'group holding holdings industries enterprises technologies systems solutions partners associates foundation institute university college hospital clinic bank insurance airlines airways pharmaceuticals laboratories labs motors electronics logistics consulting ventures capital financial healthcare analytics dynamic dynamics worldwide international brothers sons company corporation agency ministry museum restaurant hotel studios entertainment records press times union society association club consolidated robotics semiconductor energy foods media networks communications software research tech investments resources advisors advisory trust services products pictures designs theatre orchestra church school council federation brewery bakery pharmacy stores lines works'.split(
    ' ',
  );
/** The same in languages that say it first: `Banco do Nordeste`. Without accents. */
export const KINDS_FIRST: readonly string[] =
  'banco banca banque universidad universidade universita universite universitat universiteit hospital clinica clinique klinikum grupo groupe gruppo compagnie societe instituto istituto institut ministerio ministere sparkasse volksbank stadtwerke fundacion fundacao fondation stiftung caisse assicurazioni seguros'.split(
    ' ',
  );
