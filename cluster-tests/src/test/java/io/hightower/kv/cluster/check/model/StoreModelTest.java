package io.hightower.kv.cluster.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Invocation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the model answers. */
class StoreModelTest {
    private final StoreModel store = new StoreModel();

    @Test
    void everyChangeTakesARevisionAndNothingElseDoes() {
        assertThat(store.perform(Invocation.get("k"))).isEqualTo(Answer.nothing(1));
        assertThat(store.perform(Invocation.put("k", "a"))).isEqualTo(Answer.put(2));
        assertThat(store.perform(Invocation.put("k", "b"))).isEqualTo(Answer.put(3));
        assertThat(store.perform(Invocation.get("k"))).isEqualTo(Answer.found(3, new Shown("k", "b", 3, 2)));
        assertThat(store.perform(Invocation.delete("other"))).isEqualTo(Answer.deleted(3, 0));
        assertThat(store.perform(Invocation.delete("k"))).isEqualTo(Answer.deleted(4, 1));
        assertThat(store.perform(Invocation.put("k", "c"))).isEqualTo(Answer.put(5));
        assertThat(store.perform(Invocation.get("k"))).isEqualTo(Answer.found(5, new Shown("k", "c", 5, 1)));
        assertThat(store.revision()).isEqualTo(5);
    }

    @Test
    void comparisonsLookAtTheLastChangeOfTheKey() {
        assertThat(store.perform(Invocation.cas("k", 1, "a"))).isEqualTo(Answer.cas(1, false));
        assertThat(store.perform(Invocation.cas("k", 0, "a"))).isEqualTo(Answer.cas(2, true));
        assertThat(store.perform(Invocation.cas("k", 0, "b"))).isEqualTo(Answer.cas(2, false));
        assertThat(store.perform(Invocation.txn("k", 2, "b", "z")))
                .isEqualTo(Answer.txn(3, true, List.of(new Shown("k", "b", 3, 2))));
        assertThat(store.perform(Invocation.txn("k", 2, "c", "")))
                .isEqualTo(Answer.txn(3, false, List.of(new Shown("k", "b", 3, 2))));
    }

    @Test
    void rangesAreHalfOpen() {
        for (String key : List.of("a", "b", "c")) {
            store.perform(Invocation.put(key, key));
        }
        assertThat(store.perform(Invocation.range("a", "c")).kvs())
                .extracting(Shown::key)
                .containsExactly("a", "b");
        assertThat(store.perform(Invocation.range("b", "")).kvs())
                .extracting(Shown::key)
                .containsExactly("b");
        assertThat(store.perform(Invocation.deleteRange("b", "z"))).isEqualTo(Answer.deleted(5, 2));
        assertThat(store.perform(Invocation.range("a", "z")).kvs())
                .extracting(Shown::key)
                .containsExactly("a");
    }
}
