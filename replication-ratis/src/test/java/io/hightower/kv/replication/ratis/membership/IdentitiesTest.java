package io.hightower.kv.replication.ratis.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The expected values come from {@code printf TEXT | sha1sum}, first 16 digits. */
final class IdentitiesTest {
    @Test
    void aFounderIsTheDigestOfUrlAndToken() {
        // printf 'http://127.0.0.1:2380hightower' | sha1sum
        assertThat(Identities.founding("http://127.0.0.1:2380", "hightower"))
                .hasToString("88919094659bc4ca")
                .isEqualTo(new MemberId(0x88919094659bc4caL));
        // printf 'https://127.0.0.1:2380hightower' | sha1sum
        assertThat(Identities.founding("https://127.0.0.1:2380", "hightower")).hasToString("6fd914a38e0e6f00");
    }

    @Test
    void anAddedMemberIsTheDigestOfUrlTokenAndDecimalSeconds() {
        // printf 'http://127.0.0.1:2380hightower1700000000' | sha1sum
        assertThat(Identities.added("http://127.0.0.1:2380", "hightower", 1_700_000_000))
                .hasToString("8ae1666eeac55e6e");
    }

    @Test
    void aClusterIsTheDigestOfItsFoundersInUnsignedOrder() {
        List<MemberId> founders = Stream.of("10.0.0.1", "10.0.0.2", "10.0.0.3")
                .map(host -> Identities.founding("http://" + host + ":2380", "tok"))
                .toList();
        // printf '\x61\xb0\x46\xc1\x78\x9d\x11\xd8\x7a\xa1\x81\x19\x17\x53\x80\x9e\x98\x52\x1e\x8c\x6c\x48\xc6\xda' |
        // sha1sum
        assertThat(Identities.cluster(founders)).isEqualTo(new ClusterId(0x8e67f3b977698ab3L));
        assertThat(Identities.cluster(List.of(founders.get(2), founders.get(0), founders.get(1))))
                .hasToString("8e67f3b977698ab3");
    }

    @Test
    void idsAreReadAsTheyAreWritten() {
        assertThat(MemberId.parse("ff")).contains(new MemberId(255));
        assertThat(MemberId.parse(new MemberId(-1).toString())).contains(new MemberId(-1));
        assertThat(MemberId.parse("")).isEmpty();
        assertThat(MemberId.parse("11112222333344445")).isEmpty();
        assertThat(MemberId.parse("-1")).isEmpty();
    }
}
