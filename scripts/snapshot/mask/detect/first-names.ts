/** Common first names of many countries, in lower case: enough of them to know a column of names by a fifth of its values. */
export const FIRST_NAMES: ReadonlySet<string> = new Set(
  `aaron abdul abigail adam adrian agnes ahmed aisha alan albert alejandro alex alexander alexandra alfred ali alice amanda amelia amina
   amir ana andre andrea andreas andrew angela anna anne annika anthony antonio ariana arthur astrid aurora ava barbara beatriz ben
   benjamin bernd bjorn brandon brenda brian camille carlos carmen caroline catherine charles charlotte chen chloe chris christian
   christina christine christopher claire claudia cynthia dagmar daniel daniela david deborah dennis diana diego dmitri donald
   dorothy edward elena elias elisabeth elizabeth ella emil emily emma eric erik eva evelyn fatima felix fernando finn florian frank
   franziska fredrik gabriel george gerd giulia grace greta hannah hans harper hassan heather heidi helen helena helga henrik henry
   hugo ian ibrahim ida ines ingrid irina isabel isabella ivan jack jacob jakob james jan jane janet jason javier jean jennifer
   jens jessica joan joao johan johann johannes john jonas jonathan jorge jose joseph joshua juan judith julia julian julie jurgen
   karen karin karl katharina katherine kathleen katja kenneth kevin khalid kim klaus kristin lars laura lauren lea lena leo leon
   leonie liam lina linda lisa louis louise luca lucas lucia luis lukas magnus manuel marco margaret maria marie marina mario mark
   markus marta martin mary mateo matteo matthew matthias max maximilian megan mehmet mei melissa mia michael michelle miguel mohamed
   mohammed monika nadia nancy natalia natalie nathan nicolas nina noah nora norbert olaf ole oliver olivia omar oscar oskar pablo
   pamela patricia patrick paul paula pedro peter petra philip pierre priya rachel rafael rahul rainer ralf ravi rebecca renate
   ricardo richard robert roberto roger roland ronald rosa ruth ryan sabine samantha samuel sandra sara sarah scott sebastian sergei
   sharon simon sofia sofie sophia sophie stefan stefanie stephanie stephen steven sunita susan susanne sven svetlana tamara tatiana
   teresa theodor theresa thomas tim timothy tobias tom tomas torsten ulrich ursula uwe valentina vera veronica victor victoria
   viktor vincent vladimir walter wei wilhelm william wolfgang xavier yasmin yusuf zoe`.split(/\s+/),
);
