"""nbgrader's settings of the course; `make assignments` copies them there.

They hold for `python -m imbtutor.classroom`, and for formgrader.
"""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "imbalanced-data"
c.ClearSolutions.code_stub = {"python": "# Write your code here.\n..."}
c.ClearSolutions.text_stub = "Write your answer here."

# Student code runs in the sandbox, also by formgrader's own button.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "imbtutor.classroom.preprocessors.ExecuteInSandbox",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Feedback shows no hidden test, what it printed, or a model answer.
c.GenerateFeedback.preprocessors = [
    "imbtutor.classroom.preprocessors.HideTests",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Limits of one student's run; the solutions take a few seconds.
c.ExecuteInSandbox.cell_seconds = 60
c.ExecuteInSandbox.notebook_seconds = 600
c.ExecuteInSandbox.memory_mb = 4000
c.ExecuteInSandbox.output_kb = 200
