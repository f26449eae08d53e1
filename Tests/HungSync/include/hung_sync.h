#ifndef HUNG_SYNC_H
#define HUNG_SYNC_H

/// The file that makes a disk hang for as long as it is there, by $HUNG_SYNC; NULL when there is none.
const char *hung_sync_path(void);

#endif
