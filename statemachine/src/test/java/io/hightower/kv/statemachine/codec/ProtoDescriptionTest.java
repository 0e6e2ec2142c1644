package io.hightower.kv.statemachine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProtoDescriptionTest {
    @Test
    void describesEveryMessage() throws IOException, DescriptorValidationException {
        FileDescriptor file = ProtoDescription.read();

        assertThat(file.getPackage()).isEqualTo("hightower");
        assertThat(file.getMessageTypes())
                .extracting(Descriptor::getName)
                .containsExactly(
                        "Entry",
                        "Command",
                        "Put",
                        "Delete",
                        "DeleteRange",
                        "Batch",
                        "ReleaseTombstones",
                        "Txn",
                        "TxnOp",
                        "Compare",
                        "RangeRequest",
                        "Compact",
                        "GrantLease",
                        "RevokeLease",
                        "RenewLease",
                        "ExpireLease",
                        "AdvanceTime",
                        "WriteSystem",
                        "SystemWrite",
                        "OpenSession",
                        "InSession",
                        "CloseSession",
                        "ExpireSessions",
                        "Results",
                        "Result",
                        "PutResult",
                        "DeleteResult",
                        "DeleteRangeResult",
                        "BatchResult",
                        "ReleaseResult",
                        "RangeResult",
                        "TxnResult",
                        "CompactResult",
                        "LeaseResult",
                        "RevokeResult",
                        "TimeResult",
                        "SystemResult",
                        "Refused",
                        "SessionResult",
                        "KeyValue",
                        "KeyRecord",
                        "SystemRecord",
                        "Lease",
                        "Session",
                        "AppliedState");
    }

    @Test
    void readsPresenceRepetitionAndAlternatives() {
        Descriptor range = ProtoDescription.message("DeleteRange");
        assertThat(range.findFieldByName("until").hasPresence()).isTrue();
        assertThat(range.findFieldByName("from").hasPresence()).isFalse();
        assertThat(ProtoDescription.message("Entry").findFieldByName("commands").isRepeated())
                .isTrue();
        assertThat(ProtoDescription.message("Command").getRealOneofs().get(0).getFields())
                .extracting(FieldDescriptor::getNumber)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    }
}
