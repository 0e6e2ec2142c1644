package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void ordersAsUnsignedNumbersFromTheLeft() {
        List<Bytes> ascending = List.of(
                Bytes.EMPTY,
                bytes(0),
                bytes(0, 0),
                bytes(0, 0xff),
                bytes(1),
                bytes(0x7f),
                bytes(0x7f, 0xff),
                bytes(0x80),
                bytes(0xff),
                bytes(0xff, 0),
                bytes(0xff, 0xff));
        for (int left = 0; left < ascending.size(); left++) {
            for (int right = 0; right < ascending.size(); right++) {
                assertThat(Integer.signum(ascending.get(left).compareTo(ascending.get(right))))
                        .as("%s to %s", ascending.get(left), ascending.get(right))
                        .isEqualTo(Integer.signum(left - right));
            }
        }
    }

    @Test
    void copyDoesNotSeeLaterChangesOfTheArray() {
        byte[] source = {1, 2};
        Bytes copy = Bytes.copyOf(source);
        source[0] = 9;
        assertThat(copy).isEqualTo(bytes(1, 2));
    }

    @Test
    void arraysHandedOutAreCopies() {
        Bytes bytes = bytes(1, 2);
        bytes.toByteArray()[0] = 9;
        assertThat(bytes).isEqualTo(bytes(1, 2));
        assertThat(bytes.asByteBuffer().isReadOnly()).isTrue();
    }

    @Test
    void copiesBufferBetweenPositionAndLimitAndLeavesItsPosition() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1).limit(3);
        assertThat(Bytes.copyOf(source)).isEqualTo(bytes(2, 3));
        assertThat(source.position()).isEqualTo(1);
    }

    @Test
    void copiesItselfIntoAnArray() {
        byte[] target = {9, 9, 9, 9};
        assertThat(bytes(1, 2).copyTo(target, 1)).isEqualTo(3);
        assertThat(target).containsExactly(9, 1, 2, 9);
    }

    @Test
    void equalContentIsEqual() {
        assertThat(bytes(1, 2)).isEqualTo(bytes(1, 2)).hasSameHashCodeAs(bytes(1, 2));
        assertThat(bytes(1, 2)).isNotEqualTo(bytes(1)).isNotEqualTo("0102");
    }

    @Test
    void successorIsTheSmallestGreaterSequence() {
        Bytes key = bytes(0xff);
        assertThat(key.successor()).isEqualTo(bytes(0xff, 0)).isGreaterThan(key);
        assertThat(Bytes.EMPTY.successor()).isEqualTo(bytes(0));
    }

    @Test
    void startsWithItsPrefixesAndItself() {
        assertThat(bytes(1, 2).startsWith(Bytes.EMPTY)).isTrue();
        assertThat(bytes(1, 2).startsWith(bytes(1))).isTrue();
        assertThat(bytes(1, 2).startsWith(bytes(1, 2))).isTrue();
        assertThat(bytes(1, 2).startsWith(bytes(1, 2, 0))).isFalse();
        assertThat(bytes(1, 2).startsWith(bytes(2))).isFalse();
        assertThat(Bytes.EMPTY.startsWith(bytes(0))).isFalse();
    }

    @Test
    void showsHexadecimalCutAt32Bytes() {
        assertThat(bytes(0, 0x0f, 0xff)).hasToString("000fff");
        assertThat(Bytes.EMPTY).hasToString("");
        assertThat(Bytes.wrap(new byte[32])).hasToString("00".repeat(32));
        assertThat(Bytes.wrap(new byte[33])).hasToString("00".repeat(32) + "…(33 bytes)");
    }

    @Test
    void encodesTextAsUtf8() {
        assertThat(Bytes.utf8("ß")).isEqualTo(bytes(0xc3, 0x9f));
        assertThat(bytes(0xc3, 0x9f).toUtf8()).isEqualTo("ß");
        assertThat(bytes(0xc3).toUtf8()).isEqualTo("\ufffd");
    }

    @Test
    void readsBytesByIndex() {
        assertThat(bytes(1, 0x80).at(1)).isEqualTo((byte) 0x80);
        assertThatThrownBy(() -> bytes(1).at(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(Bytes.EMPTY.isEmpty()).isTrue();
        assertThat(bytes(0).isEmpty()).isFalse();
    }

    static Bytes bytes(int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            array[i] = (byte) values[i];
        }
        return Bytes.wrap(array);
    }
}
