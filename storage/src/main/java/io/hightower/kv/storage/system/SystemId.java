package io.hightower.kv.storage.system;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.FileHeader;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names a file of system records for good, also when it moves to another member. <b>Immutable.</b>
 *
 * @param number counts the files of the store that wrote it, from 1; at most {@link #NUMBER_MAX}
 * @param originStoreId the store that wrote it, 16 bytes
 */
public record SystemId(long number, Bytes originStoreId) {
    /** The greatest number that a file name has room for. */
    public static final long NUMBER_MAX = 999_999_999_999L;

    private static final int ORIGIN_BYTES_IN_NAME = 4;
    private static final Pattern NAME = Pattern.compile("(?!0{12})[0-9]{12}-[0-9a-f]{8}\\.system");

    /** Checks both parts. */
    public SystemId {
        if (number < 1 || number > NUMBER_MAX || originStoreId.length() != FileHeader.STORE_ID_BYTES) {
            throw new IllegalArgumentException("A file has a number of 1 to " + NUMBER_MAX
                    + " and a store id of 16 bytes: number=" + number + " originStoreId=" + originStoreId);
        }
    }

    /** Returns the file's name, such as {@code 000000000017-0a1b2c3d.system}. */
    public String fileName() {
        Bytes shown = Bytes.copyOf(originStoreId.toByteArray(), 0, ORIGIN_BYTES_IN_NAME);
        return String.format(Locale.ROOT, "%012d-%s.system", number, shown);
    }

    /** Tells whether a file of that name holds system records. */
    public static boolean isFileName(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public String toString() {
        return fileName();
    }
}
