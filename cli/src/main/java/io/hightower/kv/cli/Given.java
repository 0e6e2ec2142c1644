package io.hightower.kv.cli;

import org.jspecify.annotations.Nullable;

/** What a flag says, or the default if it was not given. */
final class Given {
    private Given() {}

    static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    /**
     * As {@link #or}, for a size that is kept as an {@code int}.
     *
     * @throws IllegalArgumentException naming knob, value and bounds, if it does not fit
     */
    static int intOr(String knob, @Nullable Long given, int otherwise, String bounds) {
        if (given == null) {
            return otherwise;
        }
        if (given > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + given + " bounds=" + bounds);
        }
        return given.intValue();
    }
}
