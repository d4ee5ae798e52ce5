/** How a limit begins that says that others had the machine for a part of the run: the terminal shows it, whatever the verdict is. */
export const NOT_ALONE = "The machine was not the rehearsal's own: ";
