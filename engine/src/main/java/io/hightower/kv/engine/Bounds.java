package io.hightower.kv.engine;

import java.time.Duration;

/** Checks of options: a value out of bounds is refused with its name and the bounds. */
final class Bounds {
    /** Far longer than anybody waits, and short enough to be counted in nanoseconds. */
    private static final Duration TIME_MOST = Duration.ofDays(3650);

    private Bounds() {}

    static void require(boolean holds, String knob, Object value, String bounds) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "An option is out of bounds: " + knob + "=" + value + " bounds=" + bounds);
        }
    }

    static void requireWithin(String knob, long value, long least, long most) {
        require(value >= least && value <= most, knob, value, least + " to " + most);
    }

    static void requireTime(String knob, Duration time, Duration least) {
        require(time.compareTo(least) >= 0 && time.compareTo(TIME_MOST) <= 0, knob, time, least + " to " + TIME_MOST);
    }
}
