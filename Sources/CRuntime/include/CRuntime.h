/* Nothing here is called by name: the linker puts it in front of the Swift runtime. See references.c. */
