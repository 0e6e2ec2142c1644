package io.hightower.kv.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ListenAddressTest {
    @Test
    void readsHostAndPort() {
        assertThat(ListenAddress.parse("127.0.0.1:8080")).isEqualTo(new ListenAddress("127.0.0.1", 8080));
        assertThat(ListenAddress.parse("localhost:0")).isEqualTo(new ListenAddress("localhost", 0));
        assertThat(ListenAddress.parse("[::1]:65535")).isEqualTo(new ListenAddress("::1", 65535));
        assertThat(ListenAddress.parse("[::]:1")).isEqualTo(new ListenAddress("::", 1));
    }

    @Test
    void writesWhatItReads() {
        for (String text : new String[] {"127.0.0.1:8080", "[fe80::1]:1", "a.example:80"}) {
            assertThat(ListenAddress.parse(text)).hasToString(text);
        }
        assertThat(ListenAddress.parse("[::1]:80").url()).isEqualTo("http://[::1]:80");
    }

    @Test
    void refusesOtherForms() {
        for (String text : new String[] {
            "",
            ":",
            "8080",
            ":8080",
            "host",
            "host:",
            "host:x",
            "host:-1",
            "host:65536",
            "host:99999999999",
            "::1:80",
            "[::1]",
            "[]:80",
            "[host]:80",
            " :80",
            "a b:80",
            "http://host:80",
            "host:80/",
            "host: 80"
        }) {
            assertThatThrownBy(() -> ListenAddress.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(text);
        }
    }
}
