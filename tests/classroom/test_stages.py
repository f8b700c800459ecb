"""A kernel at every stage of the compiler, side by side."""

from types import SimpleNamespace

from classroom.display import stages

SASS = """
.text.kernel:
        /*0000*/                   LDC R1, c[0x0][0x28] ;
.L_x_1:
        /*0010*/                   LDGSTS.E.128 [R9], [R2.64] ;
        /*0020*/                   HGMMA.64x64x16.F32.BF16 R24, gdesc[UR16], RZ, !UPT ;
        /*0030*/                   MUFU.EX2 R45, R24 ;
        /*0040*/                   MUFU.EX2 R46, R25 ;
        /*0050*/              @!P0 BRA `(.L_x_1) ;
        /*0060*/                   EXIT ;
.L_x_2:
        /*0070*/                   BRA `(.L_x_2);
"""
PTX = """$L__BB0_1:
\t.loc\t1 20 3
\twgmma.mma_async.sync.aligned %r1;
\tex2.approx.ftz.f32 %f1, %f2;
\t@%p1 bra \t$L__BB0_1;
\tret;"""
TRITON = "def kernel(q, k):\n    s = tl.dot(q, k)\n    p = tl.exp2(s)\n    x = p < 1"
TTIR = '#loc = loc("a.py":1:0)\n  %1 = tt.dot %q, %k : tensor<64x64xf32> loc(#loc3)'


def made():
    return SimpleNamespace(
        kernel="kernel", target="sm_90", registers=117, spills=0, matrix_instruction="wgmma",
        instructions={"HGMMA": 1, "MUFU": 2, "LDC": 1, "EXIT": 1},
        texts={"triton": TRITON, "ttir": TTIR, "ptx": PTX, "sass": SASS},
    )  # fmt: skip


def test_of_machine_code_the_inner_loop_is_shown_in_short():
    lines = stages.excerpt("sass", SASS)
    assert lines == [
        ".L_x_1:",
        "LDGSTS.E.128 [R9], [R2.64] ;",
        "HGMMA.64x64x16.F32.BF16 R24, gdesc[UR16], RZ, !UPT ;",
        "MUFU.EX2 R45, R24 ;  (2 times)",
        "@!P0 BRA `(.L_x_1) ;",
    ]
    many = SASS.replace(".L_x_1:", ".L_x_1:" + "\n /*0008*/ FMUL R1, R2 ;" * 5)
    assert stages.excerpt("sass", many)[0] == "... 6 others: FMUL 5, .L_x_1: 1"
    assert stages.excerpt("ptx", PTX)[-1] == "@%p1 bra $L__BB0_1;"


def test_lines_that_do_the_same_have_the_same_letter():
    letters = {
        stage: [stages.letter_of(line) for line in stages.excerpt(stage, made().texts[stage])]
        for stage in made().texts
    }
    assert letters["triton"] == ["", "P", "E", ""]
    assert letters["ttir"] == ["P"]
    assert letters["ptx"] == ["", "P", "E", ""]
    assert letters["sass"] == ["", "L", "P", "E", ""]


def test_code_is_escaped_and_long_columns_are_cut():
    shown = stages.Stages(made())
    assert "x = p &lt; 1" in shown.html and "p < 1" not in shown.html
    long = stages.excerpt("triton", "\n".join(f"line {n}" for n in range(500)))
    assert len(long) == stages.LONGEST + 1 and long[-1] == f"... and {500 - stages.LONGEST} more lines"


def test_what_is_shown_is_said():
    shown = stages.Stages(made())
    bundle = shown._repr_mimebundle_()
    assert repr(shown) == bundle["text/plain"]
    assert "4 lines of Triton became 5 machine instructions" in shown.says
    assert "117 registers and spills 0 bytes" in shown.says
    assert shown.html.count('tabindex="0"') == 4 and shown.html.count("aria-label") == 4
