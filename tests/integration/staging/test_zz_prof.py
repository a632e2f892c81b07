import cProfile, pstats, threading, time
from pathlib import Path
import sqlalchemy as sa
from sqlalchemy import event
BAD=Path(__file__).parents[2]/"data"/"bad"
def test_p(desk, tmp_path):
    st={}
    @event.listens_for(desk.house.engine,"before_cursor_execute")
    def b(c,cur,s,p,ctx,m): c.info["t"]=time.time()
    @event.listens_for(desk.house.engine,"after_cursor_execute")
    def a(c,cur,s,p,ctx,m):
        k=(threading.current_thread().name,s[:90].replace("\n"," ")); d=st.setdefault(k,[0,0]); d[0]+=1; d[1]+=time.time()-c.info["t"]
    import staging.work as w
    t=time.time(); cpu=time.process_time()
    desk.run(BAD/"rows",mapping=BAD/"mapping.yaml")
    print("TOTAL",time.time()-t,"cpu",time.process_time()-cpu, "sql", sum(v[1] for v in st.values()), sum(v[0] for v in st.values()))
    for k,v in sorted(st.items(),key=lambda x:-x[1][1])[:25]: print(round(v[1],2),v[0],k)
