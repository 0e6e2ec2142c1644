package io.hightower.kv.statemachine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the hash against values that the xxHash project and its bindings publish for seed 0. */
class XxHash64Test {
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "Nobody inspects the spammish repetition, fbcea83c8a378bf1",
    })
    void agreesWithPublishedHashesOfTexts(String text, String expected) {
        byte[] input = text.getBytes(UTF_8);
        assertThat(hex(XxHash64.hash(input, 0, input.length))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, ef46db3751d8e999",
        "1, e934a84adb052768",
        "4, 9136a0dca57457ee",
        "14, 8282dcc4994e35c8",
        "222, b641ae8cb691c174",
    })
    void agreesWithTheSanityCheckOfTheReferenceProgram(int length, String expected) {
        assertThat(hex(XxHash64.hash(sanityBuffer(length), 0, length))).isEqualTo(expected);
    }

    @Test
    void looksAtTheFirstBytesOnly() {
        byte[] input = sanityBuffer(222);
        for (int length = 0; length < input.length; length++) {
            long expected = XxHash64.hash(Arrays.copyOf(input, length), 0, length);
            assertThat(XxHash64.hash(input, 0, length)).as("length=%s", length).isEqualTo(expected);
        }
    }

    @Test
    void looksAtThePartOnly() {
        byte[] input = sanityBuffer(222);
        for (int from = 0; from < input.length; from++) {
            byte[] part = Arrays.copyOfRange(input, from, input.length);
            long expected = XxHash64.hash(part, 0, part.length);
            assertThat(XxHash64.hash(input, from, input.length - from))
                    .as("from=%s", from)
                    .isEqualTo(expected);
        }
    }

    private static String hex(long hash) {
        return String.format("%016x", hash);
    }

    /** The input of the reference program's sanity check: the high bytes of a multiplicative sequence. */
    private static byte[] sanityBuffer(int length) {
        byte[] buffer = new byte[length];
        long state = 2654435761L;
        for (int i = 0; i < length; i++) {
            buffer[i] = (byte) (state >>> 56);
            state *= 0x9E3779B185EBCA8DL;
        }
        return buffer;
    }
}
