package io.hightower.kv.storage.table;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.storage.file.FileHeader;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a table for its whole life, on whatever member it lies. <b>Immutable.</b>
 *
 * @param number given by the store that wrote it, never twice; 1 to 999,999,999,999
 * @param originStoreId the id of that store, 16 bytes
 */
public record TableId(long number, Bytes originStoreId) {
    /** The greatest number. */
    public static final long NUMBER_MAX = 999_999_999_999L;

    private static final int ORIGIN_BYTES_SHOWN = 4;
    private static final Pattern FILE_NAME = Pattern.compile("([0-9]{12})-[0-9a-f]{8}\\.table");

    /** Checks the ranges. */
    public TableId {
        if (number < 1 || number > NUMBER_MAX || originStoreId.length() != FileHeader.STORE_ID_BYTES) {
            throw new IllegalArgumentException("A table has a number from 1 to " + NUMBER_MAX
                    + " and a store id of 16 bytes: number=" + number + " originStoreId=" + originStoreId);
        }
    }

    /** Returns the file's name: the number in 12 digits and the first 4 bytes of the origin in hexadecimal. */
    public String fileName() {
        Bytes shown = Bytes.copyOf(originStoreId.toByteArray(), 0, ORIGIN_BYTES_SHOWN);
        return String.format(Locale.ROOT, "%012d-%s.table", number, shown);
    }

    /** Returns the number in a file's name; nothing if it is no table's name. */
    public static OptionalLong numberIn(String fileName) {
        Matcher matcher = FILE_NAME.matcher(fileName);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
    }
}
