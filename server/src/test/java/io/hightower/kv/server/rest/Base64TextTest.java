package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Base64TextTest {
    private static void assertMalformed(String text) {
        assertThatThrownBy(() -> Base64Text.read(text)).as(text).isInstanceOf(Base64Text.Malformed.class);
    }

    @Test
    void readsBothAlphabets() throws Exception {
        assertThat(Base64Text.read("+/+/")).isEqualTo(Base64Text.read("-_-_"));
        assertThat(Base64Text.read("+/8=")).isEqualTo(Bytes.wrap(new byte[] {(byte) 0xfb, (byte) 0xff}));
        assertThat(Base64Text.read("-_8=")).isEqualTo(Bytes.wrap(new byte[] {(byte) 0xfb, (byte) 0xff}));
    }

    @Test
    void readsWhatItWrote() throws Exception {
        Random random = new Random(20_260_101);
        for (int length = 0; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);

            assertThat(Base64Text.read(Base64Text.write(Bytes.copyOf(bytes)))).isEqualTo(Bytes.copyOf(bytes));
            assertThat(Base64Text.read(Base64.getUrlEncoder().encodeToString(bytes)))
                    .isEqualTo(Bytes.copyOf(bytes));
        }
    }

    @Test
    void readsTheEmptyText() throws Exception {
        assertThat(Base64Text.read("")).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void refusesTextWithoutPadding() {
        assertMalformed("not-base64");
        assertMalformed("YQ");
        assertMalformed("YQ=");
        assertMalformed("YWI");
        assertMalformed("A");
    }

    @Test
    void refusesSurplusPadding() {
        assertMalformed("YQ===");
        assertMalformed("YWJj====");
        assertMalformed("====");
        assertMalformed("Y===");
        assertMalformed("=YQ=");
        assertMalformed("YQ==YQ==");
    }

    @Test
    void refusesMixedAlphabets() {
        assertMalformed("+_+_");
        assertMalformed("-/8=");
    }

    @Test
    void refusesUnusedBitsThatAreSet() {
        // YQ== is "a"; YR== would decode to the same byte.
        assertMalformed("YR==");
        assertMalformed("YWJ=");
        assertMalformed("-_9=");
    }

    @Test
    void refusesForeignCharacters() {
        assertMalformed("YQ =");
        assertMalformed(" YQ=");
        assertMalformed("YQ\n=");
        assertMalformed("YQ=\u00e4");
        assertMalformed("\u0666Q==");
        assertMalformed("Y%Q=");
    }
}
