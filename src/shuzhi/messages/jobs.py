"""Sentences of work in the background and of uploaded files."""

from shuzhi.messages.message import Message

MESSAGES = {
    "JOB_001": Message(
        "程序出错（编号 {fault}），这项任务没有完成；这不是您的操作问题，已写入的数据没有受影响。请把编号告诉管理员，稍后可再试一次",
        "the program failed (number {fault}) and the job was not finished. It was not your doing, and what was written before is unharmed. Tell the administrator the number; you may try again later",
    ),
    "JOB_002": Message(
        "任务 {number} 进行中服务器停了，没有做完；请核对结果后重新开始",
        "the server stopped during job {number}; it was not finished. Check what came of it and start it again",
    ),
    "JOB_003": Message(
        "没有编号为 {number} 的任务，或者不是您的任务；请从“我的任务”进入",
        "there is no job {number}, or it is not yours; open it from the list of jobs",
    ),
    "JOB_004": Message(
        "任务 {number} 已经结束，不能再取消；请看它的结果",
        "job {number} is over and cannot be stopped; see its result",
    ),
    "JOB_005": Message(
        "任务的种类“{kind}”现在的程序不认识；请重新发起",
        "this version of the program does not know jobs of the kind “{kind}”; start it again",
    ),
    "JOB_006": Message(
        "文件“{name}”太大；最大 {limit} MB。请拆成几个文件，或删去图片后再传",
        "the file “{name}” is too large; at most {limit} MB. Split it, or remove pictures from it",
    ),
    "JOB_007": Message(
        "文件“{name}”是空的（0 字节）；应为填好的表格。请检查文件是否保存完整",
        "the file “{name}” is empty (0 bytes); expected a filled table. Check that it was saved",
    ),
    "JOB_008": Message(
        "没有找到上传的文件；上传的文件只保留 {days} 天，也只有上传的人能看。请重新上传",
        "the uploaded file was not found; uploads are kept for {days} days and only for who uploaded them. Upload it again",
    ),
}
