package io.hightower.kv.storage.history;

/** Something that knows changes in the order in which they were made: a file, the newest part in memory. */
@FunctionalInterface
public interface ChangeSource {
    /**
     * Opens a cursor over the selected changes of main revision {@code main} and later. The caller closes it.
     *
     * @throws IllegalArgumentException if the source does not hold all of them any more
     */
    ChangeCursor from(long main, ChangeSelection selection);
}
