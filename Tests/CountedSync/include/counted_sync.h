#ifndef COUNTED_SYNC_H
#define COUNTED_SYNC_H

/// How many times this process has called fdatasync on a file whose path begins so, counted since the last call with the same
/// prefix; the first call begins to count. One prefix at a time.
int counted_sync(const char *prefix);

#endif
