#ifndef FATAL_CALL_H
#define FATAL_CALL_H

/// What is to happen, by $FATAL_CALL; NULL when nothing is.
const char *fatal_call_order(void);

#endif
