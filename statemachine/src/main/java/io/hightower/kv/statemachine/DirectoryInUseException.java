package io.hightower.kv.statemachine;

/** Another process, or another engine of this process, has the data directory open. */
public final class DirectoryInUseException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** Names the directory and its holder. */
    public DirectoryInUseException(String directory, String holder) {
        super("The data directory is in use: directory=" + directory + " holder=" + holder);
    }
}
