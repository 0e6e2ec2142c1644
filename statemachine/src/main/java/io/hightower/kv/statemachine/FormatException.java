package io.hightower.kv.statemachine;

/** The data is intact but not in a format that this release reads: of another program, or of another release. */
public final class FormatException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** Names the data, the version found and the one that this release reads. */
    public FormatException(String what, String found, String supported) {
        super("Unsupported format: what=" + what + " found=" + found + " supported=" + supported);
    }
}
